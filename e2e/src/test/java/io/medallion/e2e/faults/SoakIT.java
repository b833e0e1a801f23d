package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.faults.SoakVerdict.Stretch;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Maintenance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chain at work for long, with a fault a minute: nothing grows that should not, and in the end
 * every number is right.
 *
 * <p>In the first and the last quarter layers die. Between them, so that each process grows old
 * enough to show a leak, only what they hang on does, or a layer stands still for a while.
 */
@Tag("full")
class SoakIT {
  private static final int MINUTES = Integer.getInteger("soak.minutes", 20);
  private static final int RATE = Integer.getInteger("soak.rate", 1_000);
  private static final int MAINTAIN_EVERY = 2;

  @TempDir Path folder;
  private final AtomicLong sent = new AtomicLong();
  private Recording recording;

  @Test
  void nothingGrowsThatShouldNot() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Path logs =
        Path.of(
            System.getProperty("basedir", "."), "target", "faults", "soak-" + MINUTES + "-" + seed);
    System.out.println("seed " + seed + ", logs, figures and chart in " + logs);
    try (FaultyChain chain = FaultyChain.in(folder, logs, Map.of(), LayerProcess.FOR_LONG_RUNS)) {
      TrafficReport report = run(chain, seed, logs.resolve("soak.csv"));
      new SoakChart(recording).write(logs.resolve("soak.png"));
      SoakVerdict verdict = new SoakVerdict(recording, quiet());
      List<String> lines = new ArrayList<>(verdict.trends());
      lines.add("acknowledged " + report.acknowledged());
      lines.add("findings " + verdict.findings());
      lines.add("verify: %d checks hold".formatted(Aftermath.check(chain, report).checks().size()));
      Files.write(logs.resolve("soak.txt"), lines);
      System.out.println(String.join(System.lineSeparator(), lines));
      assertThat(verdict.findings()).isEmpty();
    }
  }

  /** Load, faults, measurements; ends when gold has caught up. */
  @SuppressWarnings("try") // The probe works by itself.
  private TrafficReport run(FaultyChain chain, long seed, Path csv) throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (SparkSession spark = LakeSession.create("SoakIT", chain.configuration());
        WatchingReader reader = new WatchingReader(chain)) {
      CompletableFuture<TrafficReport> traffic =
          CompletableFuture.supplyAsync(() -> traffic(chain, seed, enough));
      chain.startLayers();
      Lake lake = Lake.look(spark, chain.configuration());
      recording = new Recording();
      try (Probe probe = new Probe(chain, lake, sent, recording)) {
        befall(chain, lake, new Random(seed), csv);
      }
      enough.countDown();
      TrafficReport report = traffic.join();
      Aftermath.awaitGold(chain, reader, report);
      System.out.printf(
          "%d faults under %d records, %d looks of a reader: %s%n",
          recording.events().size(), report.acknowledged(), reader.looks(), reader.findings());
      assertThat(reader.findings()).isEmpty();
      assertThat(report.failed()).isZero();
      return report;
    }
  }

  private TrafficReport traffic(FaultyChain chain, long seed, CountDownLatch enough) {
    return new Simulator(TrafficSettings.of(chain.kafka()).withSeed(seed).withRate(RATE))
        .run(() -> enough.getCount() == 0, progress -> sent.set(progress.acknowledged()));
  }

  /** The figures are on disk at every time, for runs that are cut off. */
  private void befall(FaultyChain chain, Lake lake, Random random, Path csv) throws Exception {
    Maintenance maintenance = new Maintenance(lake, chain.configuration(), Clock.systemUTC());
    for (int minute = 1; minute < MINUTES; minute++) {
      awaitMinute(minute);
      Fault fault = fault(random);
      recording.add(fault.name());
      fault.strike(chain);
      if (minute % MAINTAIN_EVERY == 0) {
        maintenance.apply();
      }
      chain.assertLayersRun();
      recording.write(csv);
    }
    awaitMinute(MINUTES);
    recording.write(csv);
  }

  private void awaitMinute(int minute) throws InterruptedException {
    long millis = Math.round(minute * 60_000 - recording.now() * 1_000);
    assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
  }

  private Fault fault(Random random) {
    double second = recording.now();
    boolean layersLive = second > quiet().from() - 1 && second < quiet().until();
    List<Fault> faults = new ArrayList<>(layersLive ? Fault.outside() : Fault.ofLayers());
    return faults.get(random.nextInt(faults.size()));
  }

  /** When each layer lives through everything. */
  private static Stretch quiet() {
    return new Stretch(MINUTES * 15.0, MINUTES * 45.0);
  }
}
