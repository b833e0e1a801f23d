package io.medallion.silver;

import static io.medallion.silver.Contest.VERDICT;
import static org.apache.spark.sql.functions.col;

import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.QuarantineColumns;
import java.time.Instant;
import java.time.LocalDate;
import java.util.SortedSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Some records with their verdicts, and what was judged to get them.
 *
 * @param tables where they are from
 * @param judged the verdicts' columns of every record looked at, good or not
 * @param decided the good ones of the days, each event, duplicate or conflict
 * @param records as bronze has them
 */
record DayDecision(
    ReplayTables tables, Dataset<Row> judged, Dataset<Row> decided, Dataset<Row> records) {

  /** Decides about the good ones of some days. */
  static DayDecision of(
      ReplayTables tables, Dataset<Row> judged, Dataset<Row> records, SortedSet<LocalDate> days) {
    Dataset<Row> good = judged.where(col(ReplayTables.GOOD)).where(ReplayTables.onDays(days));
    Dataset<Row> decided = Contest.decide(good).persist(StorageLevel.DISK_ONLY());
    return new DayDecision(tables, judged, decided, records);
  }

  /** Those that have a verdict. */
  Dataset<Row> of(String verdict) {
    return decided.where(col(VERDICT).equalTo(verdict));
  }

  private Dataset<Row> bad() {
    return judged.where(col(ReplayTables.GOOD).unary_$bang());
  }

  /** The events of some of the days, as silver has them. */
  Dataset<Row> events(SortedSet<LocalDate> days) {
    Dataset<Row> losers = decided.where(col(VERDICT).notEqual(Contest.EVENT));
    return RowPosition.notAmong(
            tables
                .judged(records)
                .where(col(QuarantineColumns.REASONS).isNull())
                .where(ReplayTables.onDays(days)),
            losers)
        .select(tables.silver().definition().columns());
  }

  /** Rows of quarantine whose records are events or duplicates now. */
  Dataset<Row> released(Dataset<Row> quarantine) {
    return RowPosition.among(
        quarantine.select(RowPosition.columnsAnd(BronzeColumns.SEQ)),
        decided.where(col(VERDICT).notEqual(Contest.CONFLICT)));
  }

  /** Rows of quarantine that broke a rule then, and today claim an identity that is taken. */
  Dataset<Row> restated(Dataset<Row> quarantine) {
    Column conflict =
        col(QuarantineColumns.REASONS)
            .getItem(0)
            .getField(QuarantineColumns.REASON_CODE)
            .equalTo(ReasonCode.ID_CONFLICT.name());
    return QuarantineRows.conflicts(
        RowPosition.among(quarantine.where(conflict.unary_$bang()), of(Contest.CONFLICT)),
        Instant.now());
  }

  /**
   * What goes into quarantine: conflicts, and records that break a rule today, where they are not
   * there already and silver does not hold them on another day.
   */
  Dataset<Row> entering(SilverState cut, SortedSet<LocalDate> days, Dataset<Row> quarantine) {
    Dataset<Row> elsewhere = tables.silver(cut).where(ReplayTables.onDays(days).unary_$bang());
    Dataset<Row> bad =
        RowPosition.notAmong(bad(), quarantine).select(RowPosition.columns()).cache();
    // What is left of the records is little, and judged again for its bytes and reasons.
    Dataset<Row> refused =
        QuarantineRows.refused(
            tables
                .judged(
                    RowPosition.among(
                        records,
                        bad.isEmpty()
                            ? bad
                            : RowPosition.notAmong(bad, RowPosition.among(elsewhere, bad))))
                .where(col(QuarantineColumns.REASONS).isNotNull()),
            Instant.now());
    Dataset<Row> conflicts =
        QuarantineRows.conflicts(
            RowPosition.among(records, RowPosition.notAmong(of(Contest.CONFLICT), quarantine)),
            Instant.now());
    return refused.unionByName(conflicts);
  }

  void forget() {
    decided.unpersist();
    judged.unpersist();
  }
}
