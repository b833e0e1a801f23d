package io.medallion.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.medallion.cli.show.StatusTable;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.LakeStatus;
import io.medallion.operations.StatusReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what every layer has done. */
@Command(
    name = "status",
    sortOptions = false,
    description = {
      "Shows each layer's position, rows, lag and freshness. Reads only: the layers may run or",
      "stand, and Kafka or Postgres may be away."
    },
    footer = {"", "Example:", "  medallion status --json --lake.path=/data/lake"})
final class StatusCommand extends MedallionCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration WATCH_EVERY = Duration.ofSeconds(2);
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .registerModule(
              new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance));

  @Option(names = "--json", description = "Prints JSON, one object a look.")
  private boolean json;

  @Option(names = "--watch", description = "Looks again every two seconds, until Ctrl-C.")
  private boolean watch;

  StatusCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "status");
    try (StopSignal stop = StopSignal.listen();
        SparkSession session = LakeSession.reader("medallion-status", configuration);
        StatusReader reader =
            new StatusReader(Lake.look(session, configuration), configuration, PATIENCE)) {
      do {
        show(reader.read());
      } while (watch && !stop.await(WATCH_EVERY));
    }
    return ExitCode.OK;
  }

  private void show(LakeStatus status) throws JsonProcessingException {
    if (json) {
      print(JSON.writeValueAsString(status));
      return;
    }
    if (watch && context().terminal()) {
      context().out().print(CLEAR_SCREEN);
    }
    print("%s  lake %s".formatted(status.at().truncatedTo(ChronoUnit.SECONDS), status.lake()));
    print("");
    StatusTable.lines(status).forEach(this::print);
    StatusTable.marts(status).forEach(this::print);
    status.troubles().forEach(trouble -> print("! " + trouble));
    if (watch) {
      print("");
    }
  }
}
