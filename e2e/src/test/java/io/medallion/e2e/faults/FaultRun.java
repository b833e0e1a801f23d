package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.demo.traffic.TrafficSettings.Shares;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A chain under load to which something is done while a reader looks on: in the end gold holds what
 * was acted out, and at no time did it show anything else.
 *
 * @param name of the run; its logs are in a folder of that name below {@code target/faults}
 * @param rate events a second
 * @param shares of the events that are not as they should be
 */
record FaultRun(String name, int rate, Shares shares) {
  /** What is done. */
  interface Faults {
    /**
     * Does it, to a chain whose layers all work, unless it is done from nothing.
     *
     * @return what it was, in words
     */
    String inflict(FaultyChain chain, Random random) throws Exception;
  }

  /** The whole run. A failed one has printed the seed that repeats it. */
  void under(Path folder, Faults faults) throws Exception {
    fromNothing(
        folder,
        (chain, random) -> {
          chain.startLayers();
          return faults.inflict(chain, random);
        });
  }

  /** The same, where the layers have never been started, and all of them are when it is done. */
  void fromNothing(Path folder, Faults faults) throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Path logs = Path.of(System.getProperty("basedir", "."), "target", "faults", name + "-" + seed);
    System.out.println("seed " + seed + ", logs in " + logs);
    CountDownLatch enough = new CountDownLatch(1);
    try (FaultyChain chain = FaultyChain.in(folder, logs, Map.of())) {
      TrafficReport report;
      try (WatchingReader reader = new WatchingReader(chain)) {
        CompletableFuture<TrafficReport> traffic =
            CompletableFuture.supplyAsync(() -> traffic(chain, seed, enough));
        String done = faults.inflict(chain, new Random(seed));
        enough.countDown();
        report = traffic.join();
        Aftermath.awaitGold(chain, reader, report);
        System.out.printf(
            "%s under %d events, %d looks of a reader: %s%n",
            done, report.acknowledged(), reader.looks(), reader.findings());
        assertThat(reader.findings()).isEmpty();
        assertThat(reader.looks()).isPositive();
      }
      assertThat(report.failed()).isZero();
      Aftermath.check(chain, report);
    }
  }

  private TrafficReport traffic(FaultyChain chain, long seed, CountDownLatch enough) {
    return new Simulator(
            TrafficSettings.of(chain.kafka())
                .withSeed(seed)
                .withRate(rate)
                .withUsers(500)
                .withShares(shares)
                .withGroundTruth(true))
        .run(() -> enough.getCount() == 0, progress -> {});
  }
}
