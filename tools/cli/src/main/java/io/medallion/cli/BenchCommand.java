package io.medallion.cli;

import io.medallion.bench.Drain;
import io.medallion.bench.Freshness;
import io.medallion.bench.Growth;
import io.medallion.bench.Live;
import io.medallion.cli.show.Columns;
import io.medallion.common.error.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
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
        List.of(
            new DrainCommand(surroundings()),
            new LiveCommand(surroundings()),
            new GrowthCommand(surroundings()))) {
      CommandLine sub = command.commandLine();
      line.addSubcommand(sub.getCommandName(), sub);
    }
    return line;
  }

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "Missing one of: drain, live, growth");
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
      name = "live",
      sortOptions = false,
      description = {
        "How old an event is when Postgres shows it, under live traffic: of our layers, and of a",
        "plain reference that is written the way of a tutorial."
      },
      footer = {"", "Example:", "  medallion bench live --rate 1000 --minutes 3"})
  private static final class LiveCommand extends Benchmark {
    @Option(
        names = "--rate",
        defaultValue = "1000",
        paramLabel = "N",
        description = "Events a second (${DEFAULT-VALUE}).")
    private double rate;

    @Option(
        names = "--minutes",
        defaultValue = "3",
        paramLabel = "N",
        description = "How long is measured (${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
        names = "--warm-up",
        defaultValue = "60",
        paramLabel = "SECONDS",
        description = "How long before it counts (${DEFAULT-VALUE}).")
    private long warmUp;

    @Option(names = "--no-reference", negatable = false, description = "Leaves the reference out.")
    private boolean alone;

    LiveCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      LogFile.open(surroundings().data(), "bench");
      Live.Pace pace =
          new Live.Pace(
              rate, Duration.ofSeconds(warmUp), Duration.ofMillis((long) (minutes * 60_000)));
      Columns table =
          new Columns("", ">events", ">p50 ms", ">p95 ms", ">p99 ms", ">max ms", "of the median");
      List<Live.Result> results = new Live(folder(), pace, this::progress).run(!alone);
      for (Live.Result result : results) {
        Freshness freshness = result.freshness();
        table.add(
            result.name(),
            freshness.events(),
            freshness.p50(),
            freshness.p95(),
            freshness.p99(),
            freshness.max(),
            freshness.stages());
      }
      table.lines().forEach(this::print);
      for (Live.Result result : results) {
        result
            .freshness()
            .phases()
            .forEach(
                (layer, phases) ->
                    print("%s: a batch of %s, ms: %s".formatted(result.name(), layer, phases)));
      }
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
