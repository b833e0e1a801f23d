package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.medallion.lakehouse.SilverColumns;
import java.time.LocalDate;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Some event days decided anew, none of whose records is or was of another day.
 *
 * @param days those asked for, and those from or to which a record of theirs moves
 * @param decision what becomes of their records
 * @param comparison silver's rows of them beside it
 */
record ReplayedDays(SortedSet<LocalDate> days, DayDecision decision, DayComparison comparison) {

  /**
   * Decides.
   *
   * @param asked the days asked for
   * @param records bronze's records that may be events of some days
   */
  static ReplayedDays of(
      ReplayTables tables,
      SortedSet<LocalDate> asked,
      Function<SortedSet<LocalDate>, Dataset<Row>> records,
      SilverState cut) {
    ReplayedDays found = decide(tables, asked, records.apply(asked), cut);
    for (SortedSet<LocalDate> wider = found.widened(tables, cut);
        !wider.equals(found.days);
        wider = found.widened(tables, cut)) {
      found.forget();
      found = decide(tables, wider, records.apply(wider), cut);
    }
    return found;
  }

  private static ReplayedDays decide(
      ReplayTables tables, SortedSet<LocalDate> days, Dataset<Row> records, SilverState cut) {
    Dataset<Row> judged = ReplayTables.verdictColumns(tables.judged(records));
    DayDecision decision = DayDecision.of(tables, judged, records, days);
    return new ReplayedDays(
        days,
        decision,
        DayComparison.of(tables.silver(cut).where(ReplayTables.onDays(days)), decision.decided()));
  }

  /** Looks on other days only for records that silver has not, or no longer, on these. */
  private SortedSet<LocalDate> widened(ReplayTables tables, SilverState cut) {
    Column elsewhere = ReplayTables.onDays(days).unary_$bang();
    SortedSet<LocalDate> all = new TreeSet<>(days);
    all.addAll(
        daysOf(
            decision.judged().where(col(ReplayTables.GOOD)).where(elsewhere), comparison.gone()));
    Dataset<Row> come = comparison.come();
    Row bounds = come.agg(min(SilverColumns.SEQ), max(SilverColumns.SEQ)).first();
    if (!bounds.isNullAt(0)) {
      // Between them, so that files of other times are not opened.
      Column near = col(SilverColumns.SEQ).between(bounds.get(0), bounds.get(1));
      all.addAll(daysOf(tables.silver(cut).where(elsewhere).where(near), come));
    }
    return all;
  }

  private static SortedSet<LocalDate> daysOf(Dataset<Row> rows, Dataset<Row> positions) {
    SortedSet<LocalDate> days = new TreeSet<>();
    RowPosition.among(rows.select(RowPosition.columnsAnd(SilverColumns.EVENT_DATE)), positions)
        .select(col(SilverColumns.EVENT_DATE).cast("string"))
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(LocalDate.parse(row.getString(0))));
    return days;
  }

  void forget() {
    comparison.forget();
    decision.forget();
  }
}
