package io.medallion.bench;

import io.medallion.gold.GoldJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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

  /**
   * What is measured.
   *
   * @param rates of live traffic, events a second, in this order
   * @param warmUp how long before it counts, from the first number on
   * @param measured how long it counts
   * @param events of the backlog; 0 for none
   * @param users who sent them
   */
  public record Plan(
      List<Double> rates, Duration warmUp, Duration measured, long events, int users) {}

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

  /** Compares them. */
  public Report run(Plan plan) throws InterruptedException {
    ReportTable live =
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
    for (double rate : plan.rates()) {
      for (Contender contender : contenders) {
        live(contender, rate, plan, live, cores);
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
    if (plan.events() > 0) {
      backlog(plan, backlog, right);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("rates", plan.rates());
    settings.put("warm-up seconds", plan.warmUp().toSeconds());
    settings.put("measured seconds", plan.measured().toSeconds());
    settings.put("events", plan.events());
    settings.put("users", plan.users());
    return Report.of(
        "peer",
        settings,
        List.of(live, backlog, right),
        new Bars(
            "Without broker, Postgres and producer",
            "% of a core",
            plan.rates().stream().map("%,.0f events/s"::formatted).toList(),
            cores));
  }

  private void live(
      Contender contender,
      double rate,
      Plan plan,
      ReportTable into,
      Map<String, List<Double>> cores)
      throws InterruptedException {
    String what = "%s, %,.0f events/s".formatted(contender.name(), rate);
    Path own = made(folder.resolve("%s-%.0f".formatted(contender.schema(), rate)));
    progress.step(what);
    try (TestBed bed = TestBed.open(own.resolve("data"));
        ContenderRun run = new ContenderRun(bed, contender, own)) {
      ContenderRun.Measured measured = run.measure(rate, plan.warmUp(), plan.measured(), () -> {});
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

  private void backlog(Plan plan, ReportTable backlog, ReportTable right)
      throws InterruptedException {
    Path own = made(folder.resolve("backlog"));
    try (TestBed bed = TestBed.open(own.resolve("data"))) {
      long sent = bed.send(plan.events(), plan.users(), 2, progress);
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

  private static Path made(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
