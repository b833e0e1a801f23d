package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.demo.traffic.TrafficSettings.Shares;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.LakeStatus;
import io.medallion.operations.Maintenance;
import io.medallion.operations.StatusReader;
import io.medallion.operations.query.Query;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each layer's very first process dies at each step of its start, and is started again upon what
 * that has left. Whoever looks at the lake meanwhile sees tables or none, never a half of one.
 */
@Tag("full")
class FirstStartCrashesIT {
  private static final int RATE = 100;

  /** Every batch has rows for each of silver's tables. */
  private static final Shares SHARES = new Shares(0.05, 0.05, 0.05, 0.05, 0.01, 0.03, 0.2);

  @TempDir Path folder;

  @Test
  void aFirstStartKilledAtAnyStepIsMadeGoodByTheNext() throws Exception {
    new FaultRun("first-start", RATE, SHARES)
        .fromNothing(
            folder,
            (chain, random) -> {
              for (String layer : FaultyChain.LAYERS) {
                crashAtEachPoint(chain, chain.layer(layer));
              }
              return FirstStartPoint.values().length + " crashes";
            });
  }

  private static void crashAtEachPoint(FaultyChain chain, LayerProcess layer) throws IOException {
    for (FirstStartPoint point : FirstStartPoint.values()) {
      if (point.layer().equals(layer.layer())) {
        layer.startToCrash(point);
        assertThat(layer.awaitEnd(FaultyChain.PATIENCE))
            .as("%s; see %s", point, layer.log())
            .isEqualTo(Crash.EXIT_CODE);
        look(chain, point);
      }
    }
    layer.start();
    layer.awaitWorking(FaultyChain.PATIENCE);
  }

  private static void look(FaultyChain chain, FirstStartPoint after) throws IOException {
    try (SparkSession spark = LakeSession.create("look", chain.configuration())) {
      Lake lake = Lake.look(spark, chain.configuration());
      LakeStatus status;
      try (StatusReader reader =
          new StatusReader(lake.folder(), chain.configuration(), Duration.ofSeconds(30))) {
        status = reader.read();
      }
      assertThat(status.layers()).as("%s", after).hasSize(FaultyChain.LAYERS.size());
      new Maintenance(lake, chain.configuration(), Clock.systemUTC()).plan();
      Query query = new Query(lake, chain.configuration());
      for (TableDefinition table : TableDefinition.ALL) {
        if (lake.table(table).exists()) {
          query.rows("SELECT count(*) FROM " + table.name()).collectAsList();
        }
      }
    }
  }
}
