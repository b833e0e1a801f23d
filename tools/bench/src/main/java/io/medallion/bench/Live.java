package io.medallion.bench;

import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How fresh the numbers are under live traffic: ours, and then those of the reference, each over a
 * broker and a Postgres of its own, with the same traffic. Ours go first, in the process that is
 * still cold.
 */
public final class Live {
  /**
   * What is sent.
   *
   * @param rate records a second
   * @param warmUp how long before it counts
   * @param measured how long it counts
   */
  public record Pace(double rate, Duration warmUp, Duration measured) {}

  private record Result(String name, Freshness freshness, List<PhaseTime> phases) {}

  private final Path folder;
  private final Pace pace;
  private final BenchProgress progress;
  private final Map<String, String> settings;

  /**
   * A benchmark.
   *
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   * @param settings of our layers by key, over the defaults
   */
  public Live(Path folder, Pace pace, BenchProgress progress, Map<String, String> settings) {
    this.folder = folder;
    this.pace = pace;
    this.progress = progress;
    this.settings = settings;
  }

  /** Measures ours and, where asked for, the reference. */
  public Report run(boolean reference) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    results.add(
        measure(MedallionBacklog.NAME, (bed, own) -> new MedallionChain(bed.configuration())));
    if (reference) {
      results.add(
          measure(
              ReferenceBacklog.NAME,
              (bed, own) -> new ReferenceChain(own.resolve("lake"), bed.reference())));
    }
    return report(results);
  }

  private interface Opening {
    LiveChain open(TestBed bed, Path folder);
  }

  private Result measure(String name, Opening opening) throws InterruptedException {
    Path own = folder.resolve(name);
    AtomicBoolean stop = new AtomicBoolean();
    try (TestBed bed = TestBed.open(own, settings)) {
      try (LiveChain chain = opening.open(bed, own)) {
        CompletableFuture<TrafficReport> traffic =
            CompletableFuture.supplyAsync(() -> send(bed, stop));
        chain.start();
        pass("%s: %,.0f events/s, warming up".formatted(name, pace.rate()), pace.warmUp());
        long from = System.currentTimeMillis();
        pass("%s: measuring".formatted(name), pace.measured());
        long to = System.currentTimeMillis();
        stop.set(true);
        long sent = traffic.join().acknowledged();
        progress.detail("%s: waiting until all of it is visible".formatted(name));
        chain.finish(sent);
        Freshness freshness = Freshness.of(chain.traces(to), chain.stages(), from, to);
        progress.step("%s: p50 %d ms, p95 %d ms".formatted(name, freshness.p50(), freshness.p95()));
        return new Result(name, freshness, chain.phases(from, to));
      } finally {
        stop.set(true);
      }
    }
  }

  private void pass(String what, Duration time) throws InterruptedException {
    progress.step("%s for %d s".formatted(what, time.toSeconds()));
    long begun = System.nanoTime();
    for (long left = time.toMillis();
        left > 0;
        left = time.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)) {
      progress.detail("%s: %d s left".formatted(what, (left + 999) / 1000));
      TimeUnit.MILLISECONDS.sleep(Math.min(left, 1000));
    }
  }

  private TrafficReport send(TestBed bed, AtomicBoolean stop) {
    return new Simulator(bed.traffic().withSeed(1).withRate(pace.rate()))
        .run(stop::get, told -> {});
  }

  private Report report(List<Result> results) {
    Map<String, Object> measured = new LinkedHashMap<>(settings);
    measured.put("rate", pace.rate());
    measured.put("warm-up seconds", pace.warmUp().toSeconds());
    measured.put("measured seconds", pace.measured().toMillis() / 1e3);
    List<ReportTable> sheets = new ArrayList<>(List.of(ages(results), steps(results)));
    results.stream().filter(r -> !r.phases().isEmpty()).map(Live::seconds).forEach(sheets::add);
    return Report.of("live", measured, sheets, bars(results));
  }

  private static ReportTable ages(List<Result> results) {
    ReportTable reportTable =
        ReportTable.of(
            "age of an event when Postgres shows it",
            "who",
            "events",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "max ms",
            "events under way, first",
            "events under way, last");
    for (Result result : results) {
      Freshness found = result.freshness();
      reportTable.add(
          result.name(),
          found.events(),
          found.p50(),
          found.p95(),
          found.p99(),
          found.max(),
          found.lagBefore(),
          found.lagAfter());
    }
    return reportTable;
  }

  private static ReportTable steps(List<Result> results) {
    ReportTable reportTable =
        ReportTable.of("the median event on its way", "who", "to the commit of", "ms");
    results.forEach(
        result ->
            result
                .freshness()
                .stages()
                .forEach((stage, millis) -> reportTable.add(result.name(), stage, millis)));
    return reportTable;
  }

  /** Layers work at the same time, so that each has its own second. */
  private static ReportTable seconds(Result result) {
    ReportTable reportTable =
        ReportTable.of(
            "where each second goes",
            "layer",
            "phase",
            "ms of a median batch",
            "ms of each second");
    Map<String, Double> left = new LinkedHashMap<>();
    for (PhaseTime time : result.phases()) {
      reportTable.add(time.layer(), time.phase(), time.median(), time.ofEachSecond());
      left.merge(time.layer(), time.ofEachSecond(), Double::sum);
    }
    left.forEach((layer, used) -> reportTable.add(layer, "between batches", null, 1000 - used));
    return reportTable;
  }

  private static Bars bars(List<Result> results) {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (Result result : results) {
      Freshness found = result.freshness();
      series.put(
          result.name(), List.of((double) found.p50(), (double) found.p95(), (double) found.p99()));
    }
    return new Bars(
        "Age of an event when Postgres shows it", "ms", List.of("p50", "p95", "p99"), series);
  }
}
