package io.medallion.bench;

import io.medallion.demo.traffic.Simulator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A contender that follows live traffic. Closing stops its processes. */
final class ContenderRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final long LOOK_EVERY_MILLIS = 200;

  /** So few views are looked for that they are no traffic of their own. */
  private static final double PROBES_SHARE = 0.1;

  private static final double MOST_PROBES = 4;
  private static final double FEWEST_PROBES = 0.5;

  /**
   * What one rate of traffic took.
   *
   * @param cpu of each process, in the order in which the contender names them
   * @param time by the clock
   * @param ages of the views that were looked for; of none without traffic
   */
  record Measured(List<Duration> cpu, Duration time, Ages ages) {
    /** What a process took, in hundredths of a core. */
    double percent(int process) {
      return 100.0 * cpu.get(process).toMillis() / time.toMillis();
    }

    /** What all took together, in hundredths of a core. */
    double percent() {
      return cpu.stream().mapToDouble(one -> 100.0 * one.toMillis() / time.toMillis()).sum();
    }
  }

  private final TestBed bed;
  private final Contender contender;
  private final Path folder;
  private final List<MeasuredProcess> processes = new ArrayList<>();

  /**
   * Starts its processes.
   *
   * @param folder for what they write
   */
  ContenderRun(TestBed bed, Contender contender, Path folder) {
    this.bed = bed;
    this.contender = contender;
    this.folder = folder;
    for (ProcessBuilder builder : contender.following(bed, folder)) {
      Path output = folder.resolve("process-%d.txt".formatted(processes.size()));
      processes.add(new MeasuredProcess(builder, output));
    }
  }

  /**
   * Sends traffic, and measures from some time after the first number on.
   *
   * @param rate events a second; 0 for none, which needs that there was some before
   * @param live how long it warms up and counts
   * @param around done when it begins to count, and again when it no longer does
   */
  Measured measure(double rate, LiveRates live, Runnable around) throws InterruptedException {
    if (rate == 0) {
      return count(null, live, around);
    }
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Long> traffic =
        CompletableFuture.supplyAsync(
            () ->
                new Simulator(bed.traffic().withSeed(1).withRate(rate))
                    .run(stop::get, told -> {})
                    .acknowledged());
    double probes = Math.max(FEWEST_PROBES, Math.min(MOST_PROBES, rate * PROBES_SHARE));
    try (FreshnessProbe probe =
        new FreshnessProbe(bed, contender.schema() + ".page_views", probes)) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!probe.begun()) {
        processes.forEach(MeasuredProcess::requireAlive);
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              "%s shows nothing: see %s".formatted(contender.name(), folder));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
      }
      return count(probe, live, around);
    } finally {
      stop.set(true);
      traffic.join();
    }
  }

  private Measured count(FreshnessProbe probe, LiveRates live, Runnable around)
      throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(live.warmUp().toMillis());
    around.run();
    long from = System.currentTimeMillis();
    List<Duration> before = cpu();
    TimeUnit.MILLISECONDS.sleep(live.measured().toMillis());
    List<Duration> after = cpu();
    long to = System.currentTimeMillis();
    around.run();
    processes.forEach(MeasuredProcess::requireAlive);
    List<Duration> used = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      used.add(after.get(i).minus(before.get(i)));
    }
    return new Measured(
        used,
        Duration.ofMillis(to - from),
        probe == null ? Ages.NONE : probe.ages(from, to, PATIENCE));
  }

  private List<Duration> cpu() {
    return processes.stream().map(MeasuredProcess::cpu).toList();
  }

  @Override
  public void close() {
    processes.forEach(MeasuredProcess::close);
  }
}
