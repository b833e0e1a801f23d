package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.traffic.TrafficSettings.Shares;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes die at random moments. */
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
  void twoKillsLoseNothing() throws Exception {
    run(2);
  }

  /** {@code -Dfaults.kills=500} is the long version. */
  @Test
  @Tag("full")
  void manyKillsLoseNothing() throws Exception {
    run(Integer.getInteger("faults.kills", 50));
  }

  private void run(int kills) throws Exception {
    new FaultRun("kills-" + kills, RATE, Shares.USUAL)
        .under(
            folder,
            (chain, random) -> {
              Map<String, Integer> killed = new TreeMap<>();
              for (int kill = 0; kill < kills; kill++) {
                pause(random.nextInt(1_500));
                Fault fault = fault(working(chain, random), random);
                fault.strike(chain);
                killed.merge(fault.name(), 1, Integer::sum);
                if ((kill + 1) % 25 == 0) {
                  System.out.printf("%s %d of %d: %s%n", Instant.now(), kill + 1, kills, killed);
                }
              }
              return "%d kills and stops %s".formatted(kills, killed);
            });
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
