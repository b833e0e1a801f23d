package io.medallion.bench.cli;

import io.medallion.bench.BenchProgress;
import io.medallion.bench.Report;
import io.medallion.bench.Scale;
import io.medallion.cli.CommandContext;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The layers on a Spark cluster. */
@Command(
    name = "scale",
    sortOptions = false,
    description =
        "What a backlog costs each layer on a Spark cluster of processes on this machine, apart for"
            + " driver, executors and Postgres, its tasks and files, what is moved, and what"
            + " clusters of 8, 32 and 100 cores would take by that.",
    footer = {"", "Example:", "  medallion bench scale --events 2000000 --workers 2"})
final class ScaleCommand extends Benchmark {
  @Mixin private BacklogOptions backlog;

  @Option(
      names = "--workers",
      defaultValue = "2",
      paramLabel = "N",
      description = "Of the cluster, each of one core (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Option(
      names = "--memory",
      defaultValue = "2g",
      paramLabel = "SIZE",
      description = "Of an executor, of which each worker has one (default: ${DEFAULT-VALUE}).")
  private String memory;

  @Mixin private LauncherOption launcher;

  ScaleCommand(CommandContext context) {
    super(context);
  }

  @Override
  Report measure(Path folder, BenchProgress progress) throws InterruptedException {
    require(backlog.isGood() && workers > 0, "--events, --users and --workers are at least 1");
    return new Scale(script(launcher), folder, progress)
        .run(backlog.events(), backlog.users(), workers, memory);
  }
}
