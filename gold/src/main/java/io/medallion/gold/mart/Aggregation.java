package io.medallion.gold.mart;

import java.io.Serializable;

/** What a mart makes of silver's rows in a task of Spark's. */
public interface Aggregation extends Serializable {
  /**
   * Starts a partial aggregate.
   *
   * @param filter which events, or which windows, it is about
   * @param compiled whether code is worth to be generated for it, as for many rows
   */
  RowAccumulator start(EventFilter filter, boolean compiled);
}
