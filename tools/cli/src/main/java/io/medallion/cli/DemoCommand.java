package io.medallion.cli;

import io.medallion.cli.demo.DemoRun;
import io.medallion.cli.demo.DemoSettings;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole thing running. */
@Command(
    name = "demo",
    sortOptions = false,
    description =
        "Runs everything embedded: a Kafka broker, Postgres, a simulator of web traffic, and"
            + " the three layers, live; shows what they do. The same command again goes on with the"
            + " same data. With --duration it ends by itself, with an account of every event: exit"
            + " code 0 where it adds up, 1 where it does not.",
    footer = {"", "Example:", "  medallion demo --duration 2m --rate 1000"})
final class DemoCommand extends MedallionCommand {
  @Option(
      names = "--duration",
      defaultValue = "0s",
      paramLabel = "TIME",
      description = "How long there is traffic, such as 90s or 2m (default: until Ctrl-C).")
  private Duration duration;

  @Option(
      names = "--rate",
      defaultValue = "200",
      paramLabel = "N",
      description = "Records a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--users",
      defaultValue = "3000",
      paramLabel = "N",
      description = "How many people visit (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the data lies and stays (default: data/demo).")
  private Path dataDir;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description =
          "What chance begins with; the same seed acts the same (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--fresh", description = "Deletes the data of earlier runs first.")
  private boolean fresh;

  DemoCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    checkUsage();
    settings().readEmbedded(Map.of());
    Path data = dataDir == null ? context().data().resolve("demo") : dataDir;
    if (fresh) {
      DataFolder.delete(data);
    }
    if (context().terminal()) {
      // A warning would tear the display; it is in the log.
      LogFile.keepFromTerminal();
    }
    DemoSettings demo =
        new DemoSettings(
            EmbeddedServices.settings(context(), data, null, null),
            rate,
            users,
            seed,
            duration,
            context().terminal(),
            LogFile.open(context().data(), "demo"));
    try (StopSignal stop = StopSignal.listen()) {
      return new DemoRun(demo, settings()::readEmbedded, context().out(), context().err(), stop)
          .run();
    }
  }

  private void checkUsage() {
    if (rate < 0 || users < 1 || duration.isNegative()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "--rate %s, --users %d, --duration %s do not make a demo"
              .formatted(rate, users, duration),
          "Rate and duration cannot be negative, and there must be someone to act.",
          "See `medallion demo --help`.");
    }
  }
}
