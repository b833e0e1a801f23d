package io.medallion.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.medallion.lakehouse.SilverColumns;
import io.medallion.silver.ReplayReport.DayChange;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How the events of some days differ from silver's rows of them. */
final class DayChanges {
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final String DAY_AFTER = "day_after";
  private static final String DAY = "day";

  private DayChanges() {}

  /**
   * By day; days that come out as they were are left out.
   *
   * @param silver its rows of the days
   * @param events what they would become, with the verdicts' columns
   */
  static SortedMap<LocalDate, DayChange> of(Dataset<Row> silver, Dataset<Row> events) {
    String[] compared = {SilverColumns.EVENT_DATE, ReplayTables.CONTENT};
    Dataset<Row> before =
        ReplayTables.verdictColumnsOfSilver(silver)
            .select(RowPosition.columnsAnd(compared))
            .withColumnRenamed(ReplayTables.CONTENT, BEFORE);
    Dataset<Row> after =
        events
            .select(RowPosition.columnsAnd(compared))
            .withColumnRenamed(ReplayTables.CONTENT, AFTER)
            .withColumnRenamed(SilverColumns.EVENT_DATE, DAY_AFTER);
    Column stays = col(SilverColumns.EVENT_DATE).equalTo(col(DAY_AFTER));
    SortedMap<LocalDate, DayChange> changes = new TreeMap<>();
    // A row that moves to another day is removed from one and added to the other.
    before
        .join(after, RowPosition.names(), "full_outer")
        .select(
            explode(
                    array_distinct(
                        array_compact(array(col(SilverColumns.EVENT_DATE), col(DAY_AFTER)))))
                .as(DAY),
            col(SilverColumns.EVENT_DATE),
            col(DAY_AFTER),
            col(BEFORE),
            col(AFTER))
        .groupBy(col(DAY).cast("string"))
        .agg(
            sum(when(col(SilverColumns.EVENT_DATE).equalTo(col(DAY)), 1).otherwise(0)),
            sum(when(col(DAY_AFTER).equalTo(col(DAY)), 1).otherwise(0)),
            sum(
                when(
                        col(DAY_AFTER)
                            .equalTo(col(DAY))
                            .and(coalesce(stays, lit(false)).unary_$bang()),
                        1)
                    .otherwise(0)),
            sum(
                when(
                        col(SilverColumns.EVENT_DATE)
                            .equalTo(col(DAY))
                            .and(coalesce(stays, lit(false)).unary_$bang()),
                        1)
                    .otherwise(0)),
            sum(when(stays.and(col(BEFORE).notEqual(col(AFTER))), 1).otherwise(0)))
        .collectAsList()
        .forEach(
            row -> {
              DayChange change =
                  new DayChange(
                      row.getLong(1),
                      row.getLong(2),
                      row.getLong(3),
                      row.getLong(4),
                      row.getLong(5));
              if (change.added() + change.removed() + change.changed() > 0) {
                changes.put(LocalDate.parse(row.getString(0)), change);
              }
            });
    return changes;
  }
}
