package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.delta.LakeTableIT;
import io.medallion.lakehouse.delta.WithBronze;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.execution.streaming.runtime.StreamingQueryWrapper;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.Test;

class VersionStreamIT extends WithBronze {
  @Test
  void aCommitWakesTheLayerAndNoRowIsPlanned() throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.toString())
            .flag("freshness", "0s")
            .build();
    AtomicInteger woken = new AtomicInteger();
    StreamingQuery stream =
        VersionStream.start(
            lake, bronze, "silver", bronze.version(), configuration, woken::incrementAndGet);
    try {
      for (long commit = 1; commit <= 2; commit++) {
        int before = woken.get();
        bronze.begin(spark).append(LakeTableIT.rows(3 * commit, 3 * commit + 3)).commit();
        await().atMost(Duration.ofMinutes(1)).until(() -> woken.get() > before);
      }

      String plan =
          ((StreamingQueryWrapper) stream)
              .streamingQuery()
              .lastExecution()
              .executedPlan()
              .toString();
      assertThat(plan).contains("MicroBatchScan").doesNotContain("FileScan", "LocalTableScan");
    } finally {
      stream.stop();
    }
  }
}
