package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import org.apache.spark.sql.catalyst.InternalRow;

/** A partial aggregate of some of silver's rows. Not thread-safe. */
public interface RowAccumulator {
  /**
   * Takes in a row.
   *
   * @param row silver's, valid during the call
   * @param event the same, as far as marts that are classes look at it
   * @param counted whether it counts: it is no crawler's, and did not come too late
   */
  void add(InternalRow row, SilverEvent event, boolean counted);

  /** How many keys it holds. */
  int size();

  /** Writes one row a key, and starts again. */
  void drainTo(CopyBuffer buffer);
}
