package io.medallion.silver.replay;

import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.time.Instant;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What a draft of some days changes in quarantine.
 *
 * @param tables where both belong
 * @param staged what becomes of the records
 * @param quarantine its rows up to where silver stands, kept
 * @param released positions of those whose records are events or duplicates now, kept
 */
record QuarantineChanges(
    ReplayTables tables, StagedDay staged, Dataset<Row> quarantine, Dataset<Row> released)
    implements AutoCloseable {

  /** Looks at quarantine as it is now. */
  static QuarantineChanges of(ReplayTables tables, StagedDay staged, SilverState cut) {
    Dataset<Row> quarantine = tables.quarantine(cut).cache();
    Dataset<Row> good =
        staged
            .events()
            .select(RowPosition.columns())
            .union(staged.duplicates().select(RowPosition.columns()));
    return new QuarantineChanges(
        tables, staged, quarantine, RowPosition.among(good, quarantine).cache());
  }

  /**
   * How many records leave quarantine as events and as duplicates, by the code of their first
   * reason, and how many stay of those that were asked for.
   *
   * @param selected which those are, over the quarantine table's columns
   */
  SortedMap<String, QuarantineOutcome> byReason(Column selected) {
    SortedMap<String, QuarantineOutcome> outcomes =
        staying(RowPosition.notAmong(quarantine, released), selected);
    Dataset<Row> leaving = RowPosition.among(quarantine, released);
    QuarantineRows.byFirstReason(RowPosition.notAmong(leaving, staged.duplicates()))
        .forEach(
            (code, records) ->
                outcomes.merge(
                    code, new QuarantineOutcome(records, 0, 0), QuarantineOutcome::plus));
    QuarantineRows.byFirstReason(RowPosition.among(leaving, staged.duplicates()))
        .forEach(
            (code, records) ->
                outcomes.merge(
                    code, new QuarantineOutcome(0, records, 0), QuarantineOutcome::plus));
    return outcomes;
  }

  /** The same of rows that all stay. */
  static SortedMap<String, QuarantineOutcome> staying(Dataset<Row> rows, Column selected) {
    SortedMap<String, QuarantineOutcome> outcomes = new TreeMap<>();
    QuarantineRows.byFirstReason(rows.where(selected))
        .forEach((code, records) -> outcomes.put(code, new QuarantineOutcome(0, 0, records)));
    return outcomes;
  }

  /**
   * Rows that take the place of others: those that broke a rule then, and today claim an identity
   * that is taken, and those with bytes that quarantine may not hold any more.
   */
  Dataset<Row> restated() {
    Dataset<Row> conflicts =
        QuarantineRows.conflicts(
            RowPosition.among(
                quarantine.where(QuarantineRows.isConflict().unary_$bang()), staged.conflicts()),
            tables.contract(),
            Instant.now());
    if (!tables.contract().isWithholding()) {
      return conflicts;
    }
    Dataset<Row> telling = RowPosition.notAmong(quarantine.where(QuarantineRows.tells()), released);
    return conflicts.unionByName(QuarantineRows.withheld(RowPosition.notAmong(telling, conflicts)));
  }

  /**
   * Rows that come: conflicts, and records that break a rule today, if they are not there already
   * and silver does not hold them on another day.
   */
  Dataset<Row> entering(SilverState cut, SortedSet<LocalDate> days) {
    Dataset<Row> refused = RowPosition.notAmong(staged.refused(), quarantine);
    Dataset<Row> elsewhere = tables.silver(cut).where(ReplayTables.onDays(days).unary_$bang());
    return (refused.isEmpty()
            ? refused
            : RowPosition.notAmong(refused, RowPosition.among(elsewhere, refused)))
        .unionByName(RowPosition.notAmong(staged.conflicts(), quarantine));
  }

  @Override
  public void close() {
    released.unpersist();
    quarantine.unpersist();
  }
}
