package io.medallion.bench;

import io.medallion.gold.GoldJob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Ours beside a Flink SQL job of the same marts: how fresh and how dear under live traffic of
 * several rates, how fast and how dear over a backlog, and how many of the numbers are right. Both
 * are processes of their own, one after the other, each live one over a broker and a Postgres of
 * its own; for the backlog they share the topic.
 */
public final class Peer {
  /** Crawlers count, and a visitor is the id that the event has: what the peer knows. */
  private static final Map<String, List<String>> AS_THE_PEER =
      Map.of(GoldJob.NAME, List.of("--gold.include-bots=true", "--gold.stitching=off"));

  private final List<Contender> contenders;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A comparison.
   *
   * @param launcher the script that runs our commands
   * @param jars the folder that {@code tools/bench-peer} is built into
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public Peer(Path launcher, Path jars, Path folder, BenchProgress progress) {
    this.contenders =
        List.of(
            new FlinkProcess(jars.toAbsolutePath()),
            new MedallionProcesses(new Launcher(launcher.toAbsolutePath()), AS_THE_PEER));
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * Compares them.
   *
   * @param rates of live traffic
   * @param events of the backlog; 0 for none
   * @param users who sent them
   */
  public Report run(LiveRates rates, long events, int users) throws InterruptedException {
    ReportTable fresh =
        ReportTable.of(
            "live",
            "who",
            "events/s",
            "% of a core",
            "p50 ms",
            "p95 ms",
            "max ms",
            "views looked for");
    Map<String, List<Double>> cores = new LinkedHashMap<>();
    for (double rate : rates.rates()) {
      for (Contender contender : contenders) {
        live(contender, rate, rates, fresh, cores);
      }
    }
    ReportTable backlog =
        ReportTable.of("a backlog", "who", "events", "seconds", "CPU s per million");
    ReportTable right =
        ReportTable.of(
            "numbers of the backlog",
            "who",
            "table",
            "rows there should be",
            "rows that are right",
            "counted too little",
            "counted too much");
    if (events > 0) {
      backlog(events, users, backlog, right);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    rates.addTo(settings);
    settings.put("events", events);
    settings.put("users", users);
    return Report.of(
        "peer",
        settings,
        List.of(fresh, backlog, right),
        new Bars(
            "Without broker, Postgres and producer",
            "% of a core",
            rates.rates().stream().map("%,.0f events/s"::formatted).toList(),
            cores));
  }

  private void live(
      Contender contender,
      double rate,
      LiveRates rates,
      ReportTable into,
      Map<String, List<Double>> cores)
      throws InterruptedException {
    String what = "%s, %,.0f events/s".formatted(contender.name(), rate);
    Path own = folder.resolve("%s-%.0f".formatted(contender.schema(), rate));
    progress.step(what);
    try (TestBed bed = TestBed.open(own.resolve("data"));
        ContenderRun run = new ContenderRun(bed, contender, own)) {
      ContenderRun.Measured measured = run.measure(rate, rates, () -> {});
      cores.computeIfAbsent(contender.name(), n -> new ArrayList<>()).add(measured.percent());
      into.add(
          contender.name(),
          rate,
          measured.percent(),
          measured.ages().p50(),
          measured.ages().p95(),
          measured.ages().max(),
          measured.ages().events());
      progress.step("%s: %.1f %% of a core".formatted(what, measured.percent()));
    }
  }

  private void backlog(long events, int users, ReportTable backlog, ReportTable right)
      throws InterruptedException {
    Path own = folder.resolve("backlog");
    try (TestBed bed = TestBed.open(own.resolve("data"))) {
      long sent = bed.send(events, users, 2, progress);
      for (Contender contender : contenders) {
        progress.step("%s: %,d events".formatted(contender.name(), sent));
        long begun = System.nanoTime();
        Duration cpu = Duration.ZERO;
        for (ProcessBuilder builder : contender.draining(bed, own)) {
          Path output =
              own.resolve("%s-%d.txt".formatted(contender.schema(), System.nanoTime() - begun));
          try (MeasuredProcess process = new MeasuredProcess(builder, output)) {
            cpu = cpu.plus(process.await());
          }
        }
        backlog.add(
            contender.name(),
            sent,
            (System.nanoTime() - begun) / 1e9,
            cpu.toMillis() / 1e3 / (sent / 1e6));
      }
      progress.step("comparing every row");
      CountedRows truth = CountedRows.truth(bed.configuration());
      for (Contender contender : contenders) {
        truth.compare(contender.name(), CountedRows.held(bed, contender.schema()), right);
      }
    }
  }
}
