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
import org.apache.spark.storage.StorageLevel;

/**
 * Silver's rows of some days beside what was decided about records of these days, by position.
 *
 * @param rows a position, then day and content as silver has them, null where it has none, and
 *     sequence number, day, verdict and content as they were decided, null where the record is not
 *     of these days today; kept on disk until {@link #forget}
 */
record DayComparison(Dataset<Row> rows) {
  private static final String DAY_BEFORE = "day_before";
  private static final String DAY_AFTER = "day_after";
  private static final String BEFORE = "before";
  private static final String AFTER = "after";
  private static final String DAY = "day";

  /**
   * Compares.
   *
   * @param silver its rows of the days
   * @param decided the good records of the days, with the verdicts' columns
   */
  static DayComparison of(Dataset<Row> silver, Dataset<Row> decided) {
    Dataset<Row> before =
        ReplayTables.verdictColumnsOfSilver(silver)
            .select(RowPosition.columnsAnd(SilverColumns.EVENT_DATE, ReplayTables.CONTENT))
            .withColumnRenamed(SilverColumns.EVENT_DATE, DAY_BEFORE)
            .withColumnRenamed(ReplayTables.CONTENT, BEFORE);
    Dataset<Row> after =
        decided
            .select(
                RowPosition.columnsAnd(
                    SilverColumns.SEQ,
                    SilverColumns.EVENT_DATE,
                    ReplayTables.CONTENT,
                    Contest.VERDICT))
            .withColumnRenamed(SilverColumns.EVENT_DATE, DAY_AFTER)
            .withColumnRenamed(ReplayTables.CONTENT, AFTER);
    return new DayComparison(
        before.join(after, RowPosition.names(), "full_outer").persist(StorageLevel.DISK_ONLY()));
  }

  /** Positions of silver's rows whose records are not of these days today. */
  Dataset<Row> gone() {
    return rows.where(col(DAY_AFTER).isNull());
  }

  /** Positions, and sequence numbers, of records of these days that silver has no rows of there. */
  Dataset<Row> come() {
    return rows.where(col(DAY_BEFORE).isNull());
  }

  /** How the events differ, by day; days that come out as they were are left out. */
  SortedMap<LocalDate, DayChange> changes() {
    Column was = col(DAY_BEFORE).equalTo(col(DAY));
    Column becomes = col(DAY_AFTER).equalTo(col(DAY));
    Column stays = coalesce(col(DAY_BEFORE).equalTo(col(DAY_AFTER)), lit(false));
    Column event = col(Contest.VERDICT).equalTo(Contest.EVENT);
    SortedMap<LocalDate, DayChange> changes = new TreeMap<>();
    // A row that moves to another day is removed from one and added to the other.
    rows.select(col(DAY_BEFORE), when(event, col(DAY_AFTER)).as(DAY_AFTER), col(BEFORE), col(AFTER))
        .withColumn(
            DAY, explode(array_distinct(array_compact(array(col(DAY_BEFORE), col(DAY_AFTER))))))
        .groupBy(col(DAY).cast("string"))
        .agg(
            count(was),
            count(becomes),
            count(becomes.and(stays.unary_$bang())),
            count(was.and(stays.unary_$bang())),
            count(stays.and(col(BEFORE).notEqual(col(AFTER)))))
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

  private static Column count(Column condition) {
    return sum(when(condition, 1).otherwise(0));
  }

  void forget() {
    rows.unpersist();
  }
}
