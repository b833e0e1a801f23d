package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import org.apache.spark.sql.catalyst.InternalRow;

/** A measure's aggregate over some events. Not thread-safe. */
public interface Partial {
  /**
   * Takes in one event.
   *
   * @param arguments the values of the measure's arguments, valid during the call
   * @param from the ordinal of the first of them
   */
  void add(InternalRow arguments, int from);

  /**
   * Takes in what another partial of the same measure has taken in, of other events. The other one
   * is not to be used any more.
   */
  void add(Partial other);

  /** Appends the measure's state columns as fields of a row. */
  void writeTo(CopyBuffer buffer);
}
