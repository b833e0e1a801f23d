package io.medallion.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.cli.mcp.GoldTools;
import io.medallion.cli.mcp.McpServer;
import io.medallion.cli.mcp.Tool;
import io.medallion.cli.mcp.Tool.ToolException;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.dashboard.api.MartReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.GoldLineage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;

/** Serves gold to an assistant. */
@Command(
    name = "mcp",
    sortOptions = false,
    description =
        "Serves gold to an assistant by the Model Context Protocol, over standard input and"
            + " output: marts and their columns, rows, freshness, and where a number comes from."
            + " Reads as the reader role and writes nothing. Ends with its input.",
    footer = {
      "",
      "Example:",
      "  medallion mcp --postgres.url=jdbc:postgresql://db/analytics",
      "",
      "As assistants are configured:",
      "  {\"mcpServers\": {\"medallion\": {\"command\": \"medallion\", \"args\": [\"mcp\"]}}}"
    })
final class McpCommand extends MedallionCommand {
  private static final int EVENTS_NAMED = 20;
  private static final int MOST_EVENTS = 100;

  private SparkSession session;

  McpCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "mcp");
    Map<String, Tool> tools = new HashMap<>(GoldTools.of(new MartReader(configuration)));
    tools.put("explain", arguments -> explained(configuration, arguments));
    McpServer server = new McpServer(version(), tools);
    try {
      server.serve(
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
          context().out());
    } finally {
      if (session != null) {
        session.stop();
      }
    }
    return ExitCode.OK;
  }

  private static String version() {
    String version = McpCommand.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** The first question starts Spark, which takes seconds. */
  private String explained(Configuration configuration, JsonNode arguments) throws ToolException {
    List<String> key = new ArrayList<>();
    arguments.path("key").forEach(part -> key.add(part.asText()));
    int limit = Math.max(1, Math.min(MOST_EVENTS, arguments.path("limit").asInt(EVENTS_NAMED)));
    try {
      if (session == null) {
        session = LakeSession.reader("medallion-mcp", configuration);
      }
      return Json.MAPPER.writeValueAsString(
          new GoldLineage(Lake.look(session, configuration), configuration)
              .of(arguments.path("mart").asText(), key, limit));
    } catch (MedallionException e) {
      throw new ToolException("%s. %s %s".formatted(e.problem(), e.reason(), e.remedy()), e);
    } catch (IOException e) {
      throw new ToolException(String.valueOf(e.getMessage()), e);
    }
  }
}
