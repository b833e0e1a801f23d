package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.traffic.TrafficReport;
import io.medallion.e2e.pipeline.Oracle;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import java.time.Duration;
import org.apache.spark.sql.SparkSession;

/** What must hold once the faults are over and the layers have caught up. */
final class Aftermath {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private Aftermath() {}

  /** Waits until gold has what was sent, or the reader has seen something wrong. */
  static void awaitGold(FaultyChain chain, WatchingReader reader, TrafficReport report) {
    long expected = report.validUnique() - report.bots();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              chain.assertLayersRun();
              return reader.events() >= expected || !reader.findings().isEmpty();
            });
  }

  /**
   * Stops the layers and compares every table with what was sent; {@code verify} has to agree.
   *
   * @param report what was acknowledged, with the events that were acted out if they were kept
   */
  static VerifyReport check(FaultyChain chain, TrafficReport report) throws Exception {
    try (SparkSession spark = LakeSession.create("Aftermath", chain.configuration())) {
      Lake lake = Lake.look(spark, chain.configuration());
      // The last records may all be broken or copies, which gold does not wait for.
      await()
          .atMost(PATIENCE)
          .until(() -> lake.table(TableDefinition.SILVER).state().read() == report.acknowledged());
      FaultyChain.LAYERS.forEach(layer -> stop(chain.layer(layer)));
      Oracle oracle = new Oracle(lake, chain.kafka(), chain::gold);
      oracle.reconciliation(report.acknowledged());
      if (report.truth().isPresent()) {
        oracle.goldEquals(report.truth().get());
      }
      VerifyReport proof = new LakeCheck(lake, chain.configuration()).prove(EventDays.ALL);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(proof.goldVersion()).isNotNull();
      return proof;
    }
  }

  private static void stop(LayerProcess layer) {
    layer.stop();
    assertThat(layer.lines())
        .as("%s stops in order", layer.layer())
        .noneMatch(Aftermath::hookFails);
  }

  private static boolean hookFails(String line) {
    return line.contains("ShutdownHookManager") && line.contains("failed");
  }
}
