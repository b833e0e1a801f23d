package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes die at random moments under load, while a reader looks on: in the end gold holds what
 * was acted out, and at no time did it show anything else.
 */
class RandomKillsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int RATE = 300;

  /** Layers are killed more often than what they hang on. */
  private static final List<String> TARGETS =
      List.of(
          "bronze",
          "silver",
          "gold",
          "bronze",
          "silver",
          "gold",
          "bronze",
          "silver",
          "gold",
          "kafka",
          "postgres");

  @TempDir Path folder;

  @Test
  void tenKillsLoseNothing() throws Exception {
    run(10);
  }

  /** {@code -Dfaults.kills=500} is the long version. */
  @Test
  @Tag("full")
  void manyKillsLoseNothing() throws Exception {
    run(Integer.getInteger("faults.kills", 50));
  }

  private void run(int kills) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Path logs =
        Path.of(
            System.getProperty("basedir", "."), "target", "faults", "kills-" + kills + "-" + seed);
    System.out.println("seed " + seed + ", logs in " + logs);
    Random random = new Random(seed);
    Map<String, Integer> killed = new TreeMap<>();
    CountDownLatch enough = new CountDownLatch(1);
    try (FaultyChain chain = FaultyChain.in(folder, logs, Map.of())) {
      TrafficReport report;
      try (WatchingReader reader = new WatchingReader(chain)) {
        CompletableFuture<TrafficReport> traffic =
            CompletableFuture.supplyAsync(() -> traffic(chain, seed, enough));
        chain.startLayers();
        for (int kill = 0; kill < kills; kill++) {
          pause(random.nextInt(1_500));
          Fault fault = fault(working(chain, random), random);
          fault.strike(chain);
          killed.merge(fault.name(), 1, Integer::sum);
        }
        enough.countDown();
        report = traffic.join();
        Aftermath.awaitGold(chain, reader, report);
        System.out.printf(
            "%d kills and stops %s under %d events, %d looks of a reader: %s%n",
            kills, killed, report.acknowledged(), reader.looks(), reader.findings());
        assertThat(reader.findings()).isEmpty();
        assertThat(reader.looks()).isGreaterThan(kills);
      }
      assertThat(report.failed()).isZero();
      Aftermath.check(chain, report);
    }
  }

  private static TrafficReport traffic(FaultyChain chain, long seed, CountDownLatch enough) {
    return new Simulator(
            TrafficSettings.of(chain.kafka())
                .withSeed(seed)
                .withRate(RATE)
                .withUsers(500)
                .withGroundTruth(true))
        .run(() -> enough.getCount() == 0, progress -> {});
  }

  /** Chooses among those that have done something since they were started. */
  private static String working(FaultyChain chain, Random random) {
    List<String> found = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              chain.assertLayersRun();
              found.clear();
              TARGETS.stream()
                  .filter(t -> !FaultyChain.LAYERS.contains(t) || chain.layer(t).works())
                  .forEach(found::add);
              // Only a layer among them makes it a kill under load.
              return found.stream().anyMatch(FaultyChain.LAYERS::contains);
            });
    return found.get(random.nextInt(found.size()));
  }

  /** A moment that chance has chosen, not a wait for something. */
  private static void pause(int millis) throws InterruptedException {
    assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
  }

  /** One time in four a layer is stopped, else killed. */
  private static Fault fault(String target, Random random) {
    return switch (target) {
      case "kafka" -> Fault.BROKER_KILLED;
      case "postgres" -> Fault.POSTGRES_KILLED;
      default -> random.nextInt(4) == 0 ? Fault.stopped(target) : Fault.killed(target);
    };
  }
}
