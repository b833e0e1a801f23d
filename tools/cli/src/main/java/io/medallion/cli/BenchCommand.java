package io.medallion.cli;

import io.medallion.bench.Drain;
import io.medallion.bench.Growth;
import io.medallion.cli.show.Columns;
import io.medallion.common.error.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The benchmarks. */
@Command(
    name = "bench",
    description = "Measures the layers on this machine, over servers and tables of its own.",
    footer = {"", "Example:", "  medallion bench drain --events 2000000"})
final class BenchCommand extends MedallionCommand {
  @Spec private CommandSpec spec;

  BenchCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  CommandLine commandLine() {
    CommandLine line = super.commandLine();
    for (MedallionCommand command :
        List.of(new DrainCommand(surroundings()), new GrowthCommand(surroundings()))) {
      CommandLine sub = command.commandLine();
      line.addSubcommand(sub.getCommandName(), sub);
    }
    return line;
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(), "Missing one of: drain, growth");
  }

  /** What benchmarks have in common. */
  private abstract static class Benchmark extends MedallionCommand {
    @Option(
        names = "--folder",
        paramLabel = "DIR",
        description = "Where servers and tables are made; kept (data/bench-<time>).")
    private Path folder;

    Benchmark(Surroundings surroundings) {
      super(surroundings);
    }

    final Path folder() {
      return folder != null
          ? folder
          : surroundings().data().resolve("bench-" + System.currentTimeMillis());
    }

    final void progress(String what) {
      surroundings().err().println(what);
      surroundings().err().flush();
    }
  }

  @Command(
      name = "drain",
      sortOptions = false,
      description = "How fast each layer takes a backlog that lies in Kafka.",
      footer = {"", "Example:", "  medallion bench drain --events 2000000 --users 100000"})
  private static final class DrainCommand extends Benchmark {
    @Option(
        names = "--events",
        defaultValue = "2000000",
        paramLabel = "N",
        description = "Records of the backlog (${DEFAULT-VALUE}).")
    private long events;

    @Option(
        names = "--users",
        defaultValue = "100000",
        paramLabel = "N",
        description = "How many people sent them (${DEFAULT-VALUE}).")
    private int users;

    DrainCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      LogFile.open(surroundings().data(), "bench");
      Columns table =
          new Columns(
              "layer",
              ">events",
              ">seconds",
              ">events/s",
              ">CPU s per million",
              ">peak heap MiB",
              ">files",
              ">MiB");
      for (Drain.Result result : new Drain(folder(), this::progress).run(events, users)) {
        table.add(
            result.layer(),
            result.events(),
            "%.1f".formatted(result.time().toMillis() / 1e3),
            result.rate(),
            "%.1f".formatted(result.cpu().toMillis() / 1e3 / (result.events() / 1e6)),
            result.peakHeap() >> 20,
            result.files(),
            result.bytes() >> 20);
      }
      table.lines().forEach(this::print);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "growth",
      sortOptions = false,
      description = {
        "How long silver takes for a live batch of 1,000 events over silver tables of several",
        "sizes, which are generated: a year of events. 100 million rows take some 6 GB."
      },
      footer = {"", "Example:", "  medallion bench growth --rows 1000000,10000000"})
  private static final class GrowthCommand extends Benchmark {
    @Option(
        names = "--rows",
        split = ",",
        defaultValue = "1000000,10000000,100000000",
        paramLabel = "N",
        description = "Sizes of the table (${DEFAULT-VALUE}).")
    private List<Long> rows = new ArrayList<>();

    GrowthCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      LogFile.open(surroundings().data(), "bench");
      Growth growth = new Growth(folder(), this::progress);
      Columns table =
          new Columns(
              ">silver rows", "batch of 1,000", ">median ms", ">p95 ms", "median by phase, ms");
      for (long size : rows) {
        for (Growth.Result result : growth.run(size)) {
          table.add(result.rows(), result.batch(), result.median(), result.p95(), result.phases());
        }
      }
      table.lines().forEach(this::print);
      return ExitCode.OK;
    }
  }
}
