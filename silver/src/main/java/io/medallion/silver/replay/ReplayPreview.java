package io.medallion.silver.replay;

import io.medallion.silver.replay.diff.DayDiff;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Looks at the rows that a plan would change, while they are at hand. */
public interface ReplayPreview {
  /** Looks at none. */
  ReplayPreview NONE =
      new ReplayPreview() {
        @Override
        public List<String> columns() {
          return List.of();
        }

        @Override
        public void look(Rows rows) {}
      };

  /**
   * What a plan would change. Rows have silver's columns.
   *
   * @param days the event days (UTC) that change
   * @param kept silver's rows of all other days
   * @param before its rows of these days
   * @param after what they would become
   * @param touched the visitors, by {@link DayDiff#VISITOR_HASH}, whose events come, go, or have
   *     another value in one of the {@link #columns}; perhaps a few more
   */
  record Rows(
      SortedSet<LocalDate> days,
      Dataset<Row> kept,
      Dataset<Row> before,
      Dataset<Row> after,
      Dataset<Row> touched) {}

  /** The columns of silver that it looks at. */
  List<String> columns();

  /** Called once, where a plan changes something. The rows can be read until the call returns. */
  void look(Rows rows);
}
