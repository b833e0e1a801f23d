package io.medallion.lakehouse.layer;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.VersionSource;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

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
   * @param after the version that the layer has read already; it is woken once for it
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
    return BatchProfile.LOW_LATENCY
        .session(lake.session())
        .readStream()
        .format(VersionSource.class.getName())
        .option(VersionSource.AFTER, after)
        .option(VersionSource.LOOK, Pace.look(configuration).toMillis())
        .option(VersionSource.LEAST, Pace.least(configuration).toMillis())
        .load(table.path())
        .writeStream()
        .queryName(layer)
        .option("checkpointLocation", StreamCheckpoint.begin(lake, layer).path())
        // The source waits for the next version; nothing is gained by waiting for a time as well.
        .trigger(Trigger.ProcessingTime(0))
        .foreachBatch(woken)
        .start();
  }
}
