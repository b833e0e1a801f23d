package io.medallion.bench.cli;

import io.medallion.bench.BenchProgress;
import io.medallion.bench.Beside;
import io.medallion.bench.Report;
import io.medallion.cli.CommandContext;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Work next to live layers. */
@Command(
    name = "beside",
    sortOptions = false,
    description =
        "What work over a large lake costs, and the live layers next to it: a mart of one's own"
            + " that is filled from history, and a person who is erased.",
    footer = {"", "Example:", "  medallion bench beside --events 10000000 --rate 1000"})
final class BesideCommand extends Benchmark {
  @Option(
      names = "--events",
      defaultValue = "10000000",
      paramLabel = "N",
      description = "Records in the lake before (default: ${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--users",
      defaultValue = "300000",
      paramLabel = "N",
      description = "How many people sent them (default: ${DEFAULT-VALUE}).")
  private int users;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Events a second of the live traffic (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      paramLabel = "N",
      description =
          "How long the layers are alone with it, to warm up, and again to be measured (default:"
              + " ${DEFAULT-VALUE}).")
  private long seconds;

  @Mixin private LauncherOption launcher;

  BesideCommand(CommandContext context) {
    super(context);
  }

  @Override
  Report measure(Path folder, BenchProgress progress) throws InterruptedException {
    require(
        events > 0 && users > 0 && rate > 0 && seconds > 0,
        "--events, --users, --rate and --seconds are at least 1");
    return new Beside(script(launcher), folder, progress)
        .run(events, users, rate, Duration.ofSeconds(seconds));
  }
}
