package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.TrafficSettings.Shares;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each layer's process dies at each step of a batch, and is started again. */
@Tag("full")
class CrashPointsIT {
  private static final int RATE = 100;

  /** Every batch has rows for each of silver's tables. */
  private static final Shares SHARES = new Shares(0.05, 0.05, 0.05, 0.05, 0.01, 0.03, 0.2);

  @TempDir Path folder;

  @Test
  void aCrashAtAnyStepLosesNothing() throws Exception {
    new FaultRun("crash-points", RATE, SHARES)
        .under(
            folder,
            (chain, random) -> {
              for (String layer : FaultyChain.LAYERS) {
                crashAtEachPoint(chain.layer(layer));
              }
              return CrashPoint.values().length + " crashes";
            });
  }

  private static void crashAtEachPoint(LayerProcess layer) {
    layer.kill();
    for (CrashPoint point : CrashPoint.values()) {
      if (point.layer().equals(layer.layer())) {
        long before = layer.batches();
        layer.startToCrash(point);
        assertThat(layer.awaitEnd(FaultyChain.PATIENCE))
            .as("%s; see %s", point, layer.log())
            .isEqualTo(Crash.EXIT_CODE);
        assertThat(layer.batches()).as("batches before %s", point).isGreaterThan(before);
      }
    }
    layer.start();
    layer.awaitWorking(FaultyChain.PATIENCE);
  }
}
