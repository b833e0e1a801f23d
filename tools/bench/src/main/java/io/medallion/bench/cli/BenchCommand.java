package io.medallion.bench.cli;

import io.medallion.bench.BackfillRate;
import io.medallion.bench.BenchProgress;
import io.medallion.bench.Drain;
import io.medallion.bench.Growth;
import io.medallion.bench.Live;
import io.medallion.bench.Pace;
import io.medallion.bench.Peer;
import io.medallion.bench.Report;
import io.medallion.bench.StartUp;
import io.medallion.cli.CommandContext;
import io.medallion.cli.CommandGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The benchmarks. */
@Command(
    name = "bench",
    description = "Measures the layers on this machine, over servers and tables of its own.",
    footer = {"", "Example:", "  medallion bench drain --events 2000000"})
final class BenchCommand extends CommandGroup {
  BenchCommand(CommandContext context) {
    super(
        context,
        List.of(
            new DrainCommand(context),
            new LiveCommand(context),
            new GrowthCommand(context),
            new BackfillBenchCommand(context),
            new StartCommand(context),
            new PeerCommand(context),
            new PaceCommand(context),
            new BesideCommand(context),
            new ScaleCommand(context)));
  }

  /** What the layers are measured with. */
  private static final class LayerSettings {
    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "A setting of our layers, such as gold.stitching=off; may come again.")
    private Map<String, String> settings = new TreeMap<>();
  }

  @Command(
      name = "drain",
      sortOptions = false,
      description =
          "How fast each layer takes a backlog that lies in Kafka, beside a plain reference"
              + " that is written the way of a tutorial, and beside what this machine can do: a"
              + " consumer that only counts, and DuckDB that parses the same records and writes"
              + " Parquet.",
      footer = {
        "",
        "Example:",
        "  medallion bench drain --events 2000000 --users 100000",
        "  medallion bench drain --events 1000000 --restart-over 10000000 --no-reference",
        "  medallion bench drain --events 2000000 --marts 10 --no-reference",
        "  medallion bench drain --events 1000000 --contract --no-reference"
      })
  private static final class DrainCommand extends Benchmark {
    @Mixin private BacklogOptions backlog;

    @Option(
        names = "--restart-over",
        defaultValue = "0",
        paramLabel = "N",
        description =
            "Has bronze and silver started again for another backlog of as many records, when"
                + " silver holds N rows more that came within twelve hours, a twentieth of them"
                + " late (default: not done).")
    private long restartOver;

    @Option(
        names = "--marts",
        defaultValue = "0",
        paramLabel = "N",
        description =
            "Has gold take all of silver twice more, into an empty Postgres: as it is, and"
                + " with N marts of a user's own besides, at most 10 (default: not done).")
    private int marts;

    @Option(
        names = "--contract",
        description =
            "Has bronze and silver take three more backlogs, whose events say more, twice each by"
                + " turns: with ours alone, and with twenty columns and ten rules of a user's own"
                + " (default: not done).")
    private boolean contract;

    @Mixin private LayerSettings layers;

    @Option(names = "--no-reference", negatable = false, description = "Leaves the reference out.")
    private boolean alone;

    DrainCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      require(backlog.isGood(), "--events and --users are at least 1");
      require(restartOver >= 0, "--restart-over is not negative");
      require(
          marts >= 0 && marts <= Drain.MOST_MARTS,
          "--marts is at most %d".formatted(Drain.MOST_MARTS));
      return new Drain(folder, progress, layers.settings)
          .run(backlog.events(), backlog.users(), restartOver, marts, contract, !alone);
    }
  }

  @Command(
      name = "live",
      sortOptions = false,
      description =
          "How old an event is when Postgres shows it, under live traffic: of our layers, and"
              + " of a plain reference that is written the way of a tutorial.",
      footer = {"", "Example:", "  medallion bench live --rate 1000 --minutes 3"})
  private static final class LiveCommand extends Benchmark {
    @Option(
        names = "--rate",
        defaultValue = "1000",
        paramLabel = "N",
        description = "Events a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(
        names = "--minutes",
        defaultValue = "3",
        paramLabel = "N",
        description = "How long is measured (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
        names = "--warm-up",
        defaultValue = "60",
        paramLabel = "SECONDS",
        description = "How long before it counts (default: ${DEFAULT-VALUE}).")
    private long warmUp;

    @Mixin private LayerSettings layers;

    @Option(names = "--no-reference", negatable = false, description = "Leaves the reference out.")
    private boolean alone;

    LiveCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      require(rate > 0 && minutes > 0 && warmUp >= 0, "--rate and --minutes are above 0");
      Live.Pace pace =
          new Live.Pace(
              rate, Duration.ofSeconds(warmUp), Duration.ofMillis((long) (minutes * 60_000)));
      return new Live(folder, pace, progress, layers.settings).run(!alone);
    }
  }

  /** A share as people write it: 5% or 0.05. */
  static final class ShareConverter implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      boolean percent = text.endsWith("%");
      try {
        double value = Double.parseDouble(percent ? text.substring(0, text.length() - 1) : text);
        double share = percent ? value / 100 : value;
        if (share >= 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw new TypeConversionException("'" + text + "' is not from 0% to 100%");
    }
  }

  @Command(
      name = "growth",
      sortOptions = false,
      description =
          "How long a small live batch takes as the lake grows: silver's and gold's over a"
              + " year of several numbers of events (100 million rows of silver take some 6 GB),"
              + " and every layer's over logs of several lengths. All with their defaults where"
              + " none is named.",
      footer = {
        "",
        "Example:",
        "  medallion bench growth --rows 1000000,10000000",
        "  medallion bench growth --rows 1000000,10000000 --late 5%",
        "  medallion bench growth --gold-rows 10000,3000000",
        "  medallion bench growth --commits 100,100000"
      })
  private static final class GrowthCommand extends Benchmark {
    private static final List<Long> ROWS = List.of(1_000_000L, 10_000_000L, 100_000_000L);
    private static final List<Long> GOLD_ROWS = List.of(10_000L, 3_000_000L);
    private static final List<Long> COMMITS = List.of(100L, 100_000L);

    @Option(
        names = "--rows",
        split = ",",
        paramLabel = "N",
        description = "Sizes of silver's table (default: 1000000,10000000,100000000).")
    private List<Long> rows = new ArrayList<>();

    @Option(
        names = "--gold-rows",
        split = ",",
        paramLabel = "N",
        description = "Events that gold has merged (default: 10000,3000000).")
    private List<Long> goldRows = new ArrayList<>();

    @Option(
        names = "--batches",
        defaultValue = "40",
        paramLabel = "N",
        description = "Batches measured over each size, of each kind (default: ${DEFAULT-VALUE}).")
    private int batches;

    @Option(
        names = "--late",
        defaultValue = "0%",
        paramLabel = "SHARE",
        converter = ShareConverter.class,
        description =
            "The share of events that are late by up to 12 hours, a tenth of them by days, in"
                + " silver's table and in each of its batches, for example 5% (default:"
                + " ${DEFAULT-VALUE}).")
    private double late;

    @Option(
        names = "--commits",
        split = ",",
        paramLabel = "N",
        description = "Lengths of the logs (default: 100,100000).")
    private List<Long> commits = new ArrayList<>();

    @Option(
        names = "--seconds",
        defaultValue = "40",
        paramLabel = "N",
        description = "How long layers are measured over each log (default: ${DEFAULT-VALUE}).")
    private long seconds;

    @Option(
        names = "--warm-up",
        defaultValue = "30",
        paramLabel = "SECONDS",
        description = "How long before it counts (default: ${DEFAULT-VALUE}).")
    private long warmUp;

    GrowthCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      require(seconds > 0 && batches > 0, "--seconds and --batches are at least 1");
      require(warmUp >= 0, "--warm-up is not negative");
      boolean all = rows.isEmpty() && goldRows.isEmpty() && commits.isEmpty();
      Growth.Sizes sizes =
          new Growth.Sizes(
              all ? ROWS : rows,
              all ? GOLD_ROWS : goldRows,
              batches,
              late,
              all ? COMMITS : commits,
              Duration.ofSeconds(warmUp),
              Duration.ofSeconds(seconds));
      return new Growth(folder, progress).run(sizes);
    }
  }

  @Command(
      name = "backfill",
      sortOptions = false,
      description =
          "How fast history is corrected: a lake is filled, a rule changes so that every row"
              + " does, and all of its days are planned, replayed, taken in by gold and verified.",
      footer = {"", "Example:", "  medallion bench backfill --events 2000000"})
  private static final class BackfillBenchCommand extends Benchmark {
    @Mixin private BacklogOptions backlog;

    BackfillBenchCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      require(backlog.isGood(), "--events and --users are at least 1");
      return new BackfillRate(folder, progress).run(backlog.events(), backlog.users());
    }
  }

  @Command(
      name = "start",
      sortOptions = false,
      description =
          "How long a person waits: from the command to a layer that is ready, and to the"
              + " first number that a demo shows.",
      footer = {"", "Example:", "  medallion bench start --times 3"})
  private static final class StartCommand extends Benchmark {
    @Option(
        names = "--times",
        defaultValue = "3",
        paramLabel = "N",
        description = "How often each is started (default: ${DEFAULT-VALUE}).")
    private int times;

    @Mixin private LauncherOption launcher;

    StartCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      require(times > 0, "--times is at least 1");
      return new StartUp(script(launcher), folder, progress).run(times);
    }
  }

  @Command(
      name = "peer",
      sortOptions = false,
      description =
          "Ours beside a Flink SQL job that keeps the same marts from the same topic: freshness"
              + " and processor under live traffic, time and processor of a backlog, and how many"
              + " numbers are right. Needs mvn package -Pbench-peer -DskipTests -pl tools/bench-peer"
              + " once.",
      footer = {"", "Example:", "  medallion bench peer --rates 1000,100,10 --events 3000000"})
  private static final class PeerCommand extends Benchmark {
    @Mixin private LiveTraffic traffic;

    @Option(
        names = "--events",
        defaultValue = "3000000",
        paramLabel = "N",
        description = "Records of the backlog; 0 for none (default: ${DEFAULT-VALUE}).")
    private long events;

    @Option(
        names = "--users",
        defaultValue = "100000",
        paramLabel = "N",
        description = "How many people sent them (default: ${DEFAULT-VALUE}).")
    private int users;

    @Option(
        names = "--peer",
        paramLabel = "DIR",
        description =
            "Where the peer was built (tools/bench-peer/target/peer next to the launcher).")
    private Path peer;

    @Mixin private LauncherOption launcher;

    PeerCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      requireGood(traffic);
      require(events >= 0 && users > 0, "--events is not negative, --users at least 1");
      Path script = script(launcher);
      Path jars = peer != null ? peer : script.resolveSibling("tools/bench-peer/target/peer");
      require(
          Files.isDirectory(jars),
          "there is no peer in "
              + jars
              + "; build it: mvn package -Pbench-peer -DskipTests -pl tools/bench-peer");
      return new Peer(script, jars, folder, progress).run(traffic.rates(), events, users);
    }
  }

  @Command(
      name = "pace",
      sortOptions = false,
      description =
          "What it costs to be so fresh: the three layers, each a process, at several settings of"
              + " freshness under live traffic of several rates and without any; and how many commits, files and"
              + " bytes a day of it brings.",
      footer = {"", "Example:", "  medallion bench pace --paces 1s,2s,10s,1m --rates 1000,10"})
  private static final class PaceCommand extends Benchmark {
    @Mixin private LiveTraffic traffic;

    @Option(
        names = "--paces",
        split = ",",
        defaultValue = "1s,2s,10s,1m",
        paramLabel = "TIME",
        description = "Settings of freshness (default: 1s,2s,10s,1m).")
    private List<String> freshness;

    @Mixin private LauncherOption launcher;

    PaceCommand(CommandContext context) {
      super(context);
    }

    @Override
    Report measure(Path folder, BenchProgress progress) throws InterruptedException {
      requireGood(traffic);
      return new Pace(script(launcher), folder, progress).run(freshness, traffic.rates());
    }
  }
}
