package io.medallion.silver;

import java.time.LocalDate;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at the rows that a plan would change, while they are at hand. */
@FunctionalInterface
public interface ReplayPreview {
  /** Looks at none. */
  ReplayPreview NONE = (days, kept, before, after) -> {};

  /**
   * Called once, where a plan changes something. Rows have silver's columns, and can be read until
   * the call returns.
   *
   * @param days the event days (UTC) that change
   * @param kept silver's rows of all other days
   * @param before its rows of these days
   * @param after what they would become
   */
  void look(SortedSet<LocalDate> days, Dataset<Row> kept, Dataset<Row> before, Dataset<Row> after);
}
