package io.medallion.lakehouse.layer;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;

/**
 * The stream over a table that wakes a layer up whenever something was committed.
 *
 * <p>What the layer reads then, it reads itself, in whole versions from the position in its own
 * sink on. Spark's source splits a commit between batches where its limits say so, and a restart at
 * such a split would count rows twice.
 */
public final class VersionStream {
  private VersionStream() {}

  /**
   * Starts it.
   *
   * @param layer whose name and checkpoint it bears
   * @param after the version that the layer has read already
   * @param wake called in the stream's thread, never twice at once
   */
  public static StreamingQuery start(
      Lake lake,
      LakeTable table,
      String layer,
      long after,
      Configuration configuration,
      Runnable wake)
      throws TimeoutException {
    VoidFunction2<Dataset<Row>, Long> woken = (batch, id) -> wake.run();
    SparkSession session = BatchProfile.LOW_LATENCY.session(lake.session());
    // Spark stays away from it for the sake of streams that keep state.
    session.conf().set("spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan", "true");
    return session
        .readStream()
        .format("delta")
        // The version read last, not the one after it: Spark refuses to start at one that is not
        // there yet.
        .option("startingVersion", Math.max(0, after))
        .option("skipChangeCommits", "true")
        .load(table.path())
        // The rows are not asked for, and so their files are not looked for: that took a fifth of
        // the layer's own work.
        .where("false")
        .writeStream()
        .queryName(layer)
        .option("checkpointLocation", StreamCheckpoint.begin(lake, layer).path())
        .trigger(Pace.trigger(configuration))
        .foreachBatch(woken)
        .start();
  }
}
