package io.medallion.bench.cli;

import io.medallion.bench.BenchProgress;
import io.medallion.bench.LiveRates;
import io.medallion.bench.Report;
import io.medallion.bench.ReportTable;
import io.medallion.cli.CommandContext;
import io.medallion.cli.LogFile;
import io.medallion.cli.MedallionCommand;
import io.medallion.cli.Progress;
import io.medallion.cli.show.Columns;
import io.medallion.common.error.ExitCode;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What benchmarks have in common. */
abstract class Benchmark extends MedallionCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description =
          "Where servers, tables and results are made; kept (default: data/bench-<time>).")
  private Path folder;

  @Option(names = "--json", description = "Prints the results as JSON instead of tables.")
  private boolean json;

  Benchmark(CommandContext context) {
    super(context);
  }

  /** Measures. */
  abstract Report measure(Path folder, BenchProgress progress) throws InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    LogFile.open(context().data(), "bench");
    Path place =
        folder != null ? folder : context().data().resolve("bench-" + System.currentTimeMillis());
    // The first word in the log, before servers that start side by side all open it.
    LoggerFactory.getLogger(Benchmark.class).info("{} in {}", spec.name(), place);
    Report report;
    try (Progress line = new Progress(context())) {
      report = measure(place, told(line));
    }
    List<Path> files = report.write(place);
    if (json) {
      print(report.json());
    } else {
      report.sheets().forEach(this::show);
      print(report.machine().line());
      files.forEach(file -> print(file.toString()));
    }
    return ExitCode.OK;
  }

  private BenchProgress told(Progress line) {
    return new BenchProgress() {
      @Override
      public void step(String what) {
        line.close();
        context().err().println(what);
        context().err().flush();
      }

      @Override
      public void detail(String what) {
        line.show("  " + what);
      }
    };
  }

  private void show(ReportTable reportTable) {
    print(reportTable.title());
    String[] headline = new String[reportTable.columns().size()];
    for (int i = 0; i < headline.length; i++) {
      headline[i] = (reportTable.numbers(i) ? ">" : "") + reportTable.columns().get(i);
    }
    Columns table = new Columns(headline);
    reportTable.rows().forEach(row -> table.add(row.toArray()));
    table.lines().forEach(line -> print("  " + line));
    print("");
  }

  /** What starts the processes that are measured. */
  final Path script(LauncherOption option) {
    String own = context().environment().get("MEDALLION_LAUNCHER");
    require(
        option.launcher() != null || own != null, "--launcher is needed: no launcher started this");
    return (option.launcher() != null ? option.launcher() : Path.of(own)).toAbsolutePath();
  }

  /** Refuses traffic that is none. */
  final void requireGood(LiveTraffic traffic) {
    LiveRates rates = traffic.rates();
    require(
        !rates.warmUp().isNegative() && rates.measured().toSeconds() > 0,
        "--seconds is at least 1, --warm-up not negative");
    require(rates.rates().stream().allMatch(rate -> rate > 0), "--rates are above 0");
  }

  /** Refuses what cannot be measured. */
  final void require(boolean good, String what) {
    if (!good) {
      throw new ParameterException(spec.commandLine(), what);
    }
  }
}
