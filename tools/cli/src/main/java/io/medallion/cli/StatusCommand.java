package io.medallion.cli;

import io.medallion.cli.show.StatusTable;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.operations.LakeStatus;
import io.medallion.operations.StatusReader;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what every layer has done. */
@Command(
    name = "status",
    sortOptions = false,
    description =
        "Shows each layer's position, rows, lag and freshness. Reads only: the layers may run"
            + " or stand, and Kafka or Postgres may be away.",
    footer = {"", "Example:", "  medallion status --json --lake.path=/data/lake"})
final class StatusCommand extends LookCommand {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration WATCH_EVERY = Duration.ofSeconds(2);
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  @Option(names = "--watch", description = "Looks again every two seconds, until Ctrl-C.")
  private boolean watch;

  StatusCommand(CommandContext context) {
    super(context, "status");
  }

  @Override
  int run(Configuration configuration) throws InterruptedException, IOException {
    try (StopSignal stop = StopSignal.listen();
        StatusReader reader =
            new StatusReader(LakeFolder.look(configuration), configuration, PATIENCE)) {
      do {
        show(reader.read(), configuration);
      } while (watch && !stop.await(WATCH_EVERY));
    }
    return ExitCode.OK;
  }

  private void show(LakeStatus status, Configuration configuration) throws IOException {
    if (json()) {
      printJson(status);
      return;
    }
    if (watch && context().terminal()) {
      context().out().print(CLEAR_SCREEN);
    }
    print(
        "%s  lake %s (%s)"
            .formatted(
                status.at().truncatedTo(ChronoUnit.SECONDS),
                status.lake(),
                configuration.shown().get(Keys.LAKE_PATH.name()).origin()));
    configuration.passedOver().ifPresent(this::print);
    print("");
    StatusTable.lines(status).forEach(this::print);
    StatusTable.marts(status).forEach(this::print);
    StatusTable.alerts(status).forEach(this::print);
    status.troubles().forEach(trouble -> print("! " + trouble));
    if (watch) {
      print("");
    }
  }
}
