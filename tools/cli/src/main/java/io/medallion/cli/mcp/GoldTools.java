package io.medallion.cli.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.medallion.cli.mcp.Tool.ToolException;
import io.medallion.dashboard.api.ApiException;
import io.medallion.dashboard.api.MartQuery;
import io.medallion.dashboard.api.MartReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** Gold's marts as tools. */
public final class GoldTools {
  private static final Set<String> KNOWN =
      Set.of(
          "mart", "from", "to", "where", "columns", "group", "measures", "every", "order", "limit");

  private interface Question {
    String ask() throws ApiException;
  }

  private GoldTools() {}

  /**
   * Those that need Postgres alone.
   *
   * @param gold is asked
   */
  public static Map<String, Tool> of(MartReader gold) {
    return Map.of(
        "list_marts", arguments -> asked(() -> gold.martsJson().toString()),
        "freshness", arguments -> asked(() -> gold.asOf().toString()),
        "read_mart",
            arguments -> {
              String mart = arguments.path("mart").asText();
              MartQuery query = new MartQuery(parameters(arguments));
              return asked(() -> gold.rows(mart, query).toString());
            });
  }

  private static String asked(Question question) throws ToolException {
    try {
      return question.ask();
    } catch (ApiException e) {
      throw new ToolException(e.getMessage() + ". " + e.remedy(), e);
    }
  }

  private static Map<String, String> parameters(JsonNode arguments) throws ToolException {
    Map<String, String> parameters = new LinkedHashMap<>();
    arguments
        .path("where")
        .properties()
        .forEach(column -> parameters.put(column.getKey(), column.getValue().asText()));
    for (String name : (Iterable<String>) arguments::fieldNames) {
      if (!KNOWN.contains(name)) {
        throw new ToolException(
            "There is no argument '%s'. Columns to choose rows by stand in where.".formatted(name),
            null);
      }
    }
    for (String name : Set.of("from", "to", "every", "limit")) {
      if (arguments.hasNonNull(name)) {
        parameters.put(name, arguments.get(name).asText());
      }
    }
    for (String name : Set.of("columns", "group", "measures", "order")) {
      if (arguments.path(name).isArray()) {
        StringJoiner names = new StringJoiner(",");
        arguments.get(name).forEach(one -> names.add(one.asText()));
        parameters.put(name, names.toString());
      }
    }
    return parameters;
  }
}
