package io.medallion.silver;

import io.medallion.lakehouse.BronzeColumns;
import java.time.Instant;
import java.time.LocalDate;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a draft of some days changes in quarantine.
 *
 * @param tables where both belong
 * @param draft what becomes of the records
 * @param quarantine its rows now, up to where silver stands
 */
record QuarantineChanges(ReplayTables tables, DayDraft draft, Dataset<Row> quarantine) {

  /** Positions of rows whose records are events or duplicates now. */
  Dataset<Row> released() {
    // Quarantine is small beside what it is compared with.
    Dataset<Row> good =
        draft
            .events()
            .select(RowPosition.columns())
            .union(draft.duplicates().select(RowPosition.columns()));
    return RowPosition.among(
        quarantine.select(RowPosition.columnsAnd(BronzeColumns.SEQ)),
        RowPosition.among(good, quarantine));
  }

  /** Rows that broke a rule then, and today claim an identity that is taken. */
  Dataset<Row> restated() {
    return QuarantineRows.conflicts(
        RowPosition.among(quarantine.where(DayDraft.isConflict().unary_$bang()), draft.conflicts()),
        Instant.now());
  }

  /**
   * Rows that come: conflicts, and records that break a rule today, where they are not there
   * already and silver does not hold them on another day.
   */
  Dataset<Row> entering(SilverState cut, SortedSet<LocalDate> days) {
    Dataset<Row> refused = RowPosition.notAmong(draft.refused(), quarantine);
    Dataset<Row> elsewhere = tables.silver(cut).where(ReplayTables.onDays(days).unary_$bang());
    return (refused.isEmpty()
            ? refused
            : RowPosition.notAmong(refused, RowPosition.among(elsewhere, refused)))
        .unionByName(RowPosition.notAmong(draft.conflicts(), quarantine));
  }
}
