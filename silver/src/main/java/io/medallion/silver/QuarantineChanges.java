package io.medallion.silver;

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
 * @param quarantine its rows up to where silver stands, kept
 * @param released positions of those whose records are events or duplicates now, kept
 */
record QuarantineChanges(
    ReplayTables tables, DayDraft draft, Dataset<Row> quarantine, Dataset<Row> released)
    implements AutoCloseable {

  /** Looks at quarantine as it is now. */
  static QuarantineChanges of(ReplayTables tables, DayDraft draft, SilverState cut) {
    Dataset<Row> quarantine = tables.quarantine(cut).cache();
    Dataset<Row> good =
        draft
            .events()
            .select(RowPosition.columns())
            .union(draft.duplicates().select(RowPosition.columns()));
    return new QuarantineChanges(
        tables, draft, quarantine, RowPosition.among(good, quarantine).cache());
  }

  /** How many of the released are copies of events. */
  long releasedDuplicates() {
    return RowPosition.among(draft.duplicates(), released).count();
  }

  /** Rows that broke a rule then, and today claim an identity that is taken. */
  Dataset<Row> restated() {
    return QuarantineRows.conflicts(
        RowPosition.among(
            quarantine.where(QuarantineRows.isConflict().unary_$bang()), draft.conflicts()),
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

  @Override
  public void close() {
    released.unpersist();
    quarantine.unpersist();
  }
}
