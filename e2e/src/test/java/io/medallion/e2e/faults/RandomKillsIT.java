package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.pipeline.Oracle;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.operations.proof.EventDays;
import io.medallion.operations.proof.LakeProof;
import io.medallion.operations.proof.ProofReport;
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
import org.apache.spark.sql.SparkSession;
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

  /** Layers are killed more often than what they hang on; one time in four a layer is stopped. */
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

  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");

  @TempDir Path folder;

  @Test
  void fourKillsLoseNothing() throws Exception {
    run(4);
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
          String target = working(chain, random);
          killed.merge(strike(chain, target, random), 1, Integer::sum);
        }
        enough.countDown();
        report = traffic.join();
        awaitGold(chain, reader, report);
        System.out.printf(
            "%d kills and stops %s under %d events, %d looks of a reader: %s%n",
            kills, killed, report.acknowledged(), reader.looks(), reader.findings());
        assertThat(reader.findings()).isEmpty();
        assertThat(reader.looks()).isGreaterThan(kills);
      }
      assertThat(report.failed()).isZero();
      check(chain, report);
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
              for (String layer : LAYERS) {
                assertThat(chain.layer(layer).alive())
                    .as("%s runs; see %s", layer, chain.layer(layer).log())
                    .isTrue();
              }
              found.clear();
              TARGETS.stream()
                  .filter(t -> !LAYERS.contains(t) || chain.layer(t).works())
                  .forEach(found::add);
              // Only a layer among them makes it a kill under load.
              return found.stream().anyMatch(LAYERS::contains);
            });
    return found.get(random.nextInt(found.size()));
  }

  /** A moment that chance has chosen, not a wait for something. */
  private static void pause(int millis) throws InterruptedException {
    assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS)).isFalse();
  }

  private static String strike(FaultyChain chain, String target, Random random) {
    switch (target) {
      case "kafka" -> {
        chain.killKafka();
        chain.startKafka();
      }
      case "postgres" -> {
        chain.killPostgres();
        chain.startPostgres();
      }
      default -> {
        if (random.nextInt(4) == 0) {
          chain.layer(target).stop();
          chain.layer(target).start();
          return target + " stopped";
        }
        chain.layer(target).kill();
        chain.layer(target).start();
      }
    }
    return target;
  }

  private static void awaitGold(FaultyChain chain, WatchingReader reader, TrafficReport report) {
    long expected = report.validUnique() - report.bots();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              for (String layer : LAYERS) {
                assertThat(chain.layer(layer).alive())
                    .as("%s runs; see %s", layer, chain.layer(layer).log())
                    .isTrue();
              }
              return reader.events() >= expected || !reader.findings().isEmpty();
            });
  }

  private static void check(FaultyChain chain, TrafficReport report) throws Exception {
    Configuration configuration =
        Configuration.builder().services(chain.settings(), "the test").build();
    try (SparkSession spark = LakeSession.create("RandomKillsIT", configuration)) {
      Lake lake = Lake.look(spark, configuration);
      // The last records may all be broken or copies, which gold does not wait for.
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  lake.table(TableDefinition.SILVER).marks().get(Marks.READ)
                      == report.acknowledged());
      LAYERS.forEach(layer -> chain.layer(layer).stop());
      Oracle oracle = new Oracle(lake, chain.kafka(), chain::gold);
      oracle.account(report.acknowledged());
      oracle.goldEquals(report.truth().orElseThrow());
      ProofReport proof = new LakeProof(lake, configuration).prove(EventDays.ALL);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(proof.goldVersion()).isNotNull();
    }
  }
}
