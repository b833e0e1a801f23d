package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.replay.diff.DayDiff;
import io.medallion.silver.replay.diff.OffsetRangePacker;
import io.medallion.silver.source.BronzeRange;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Some event days decided again, none of whose records is or was of another day.
 *
 * @param days those asked for, and those from or to which a record of theirs moves
 * @param staged what becomes of their records
 * @param comparison silver's rows of them next to it
 */
record ReplayedDays(SortedSet<LocalDate> days, StagedDay staged, DayDiff comparison)
    implements AutoCloseable {
  /** On either side, when these are compared: 20 MB of each. */
  private static final long ROWS_A_TASK = 500_000;

  /**
   * Decides.
   *
   * @param asked the days asked for
   * @param watched the columns that somebody looks at
   * @param records bronze's, which may be events of some days
   */
  static ReplayedDays of(
      ReplayTables tables,
      SortedSet<LocalDate> asked,
      List<String> watched,
      Function<SortedSet<LocalDate>, BronzeRange> records,
      SilverState cut) {
    SortedSet<LocalDate> days = asked;
    while (true) {
      BronzeRange range = records.apply(days);
      ReplayedDays found = decide(tables, days, watched, range, cut);
      SortedSet<LocalDate> wider;
      try {
        wider = found.widened(tables, range, cut);
      } catch (Throwable e) { // Spark throws checked ones that nobody declares.
        found.close();
        throw e;
      }
      if (wider.equals(days)) {
        return found;
      }
      found.close();
      days = wider;
    }
  }

  private static ReplayedDays decide(
      ReplayTables tables,
      SortedSet<LocalDate> days,
      List<String> watched,
      BronzeRange range,
      SilverState cut) {
    StagedDay staged = new StagedDay(tables, watched);
    try {
      staged.add(range, days);
      Dataset<Row> silver =
          tables.silver(cut).where(ReplayTables.onDays(days)).select(tables.columns());
      int tasks = tasks(tables, Math.max(staged.size(), rows(tables, days, cut)));
      return new ReplayedDays(
          days,
          staged,
          DayDiff.of(
              tables.session(),
              OffsetRangePacker.of(silver, tables.silver().definition().schema(), watched),
              staged.offsetRanges(tasks),
              tasks));
    } catch (Throwable e) {
      staged.close();
      throw e;
    }
  }

  private static long rows(ReplayTables tables, SortedSet<LocalDate> days, SilverState cut) {
    return tables.silver().filesAt(cut.version()).stream()
        .filter(file -> days.contains(file.partition()))
        .mapToLong(TableFile::records)
        .sum();
  }

  private static int tasks(ReplayTables tables, long rows) {
    int cores = tables.session().sparkContext().defaultParallelism();
    return Math.max(cores, Math.toIntExact(rows / ROWS_A_TASK) + 1);
  }

  /** Looks on other days only for records that silver has not, or no longer, on these. */
  private SortedSet<LocalDate> widened(ReplayTables tables, BronzeRange range, SilverState cut) {
    Column elsewhere = ReplayTables.onDays(days).unary_$bang();
    SortedSet<LocalDate> all = new TreeSet<>(days);
    if (comparison.hasGone()) {
      Dataset<Row> moved = moved();
      if (!moved.isEmpty()) {
        all.addAll(
            daysOf(
                RowPosition.among(
                        tables.parsed(RowPosition.among(tables.records(range), moved)), moved)
                    .where(col(QuarantineColumns.REASONS).isNull())
                    .where(elsewhere)));
      }
    }
    Dataset<Row> come = come();
    Row bounds = come.agg(min(SilverColumns.COMMIT_SEQ), max(SilverColumns.COMMIT_SEQ)).first();
    if (!bounds.isNullAt(0)) {
      // Between them, so that files of other times are not opened.
      Column near = col(SilverColumns.COMMIT_SEQ).between(bounds.get(0), bounds.get(1));
      all.addAll(daysOf(RowPosition.among(tables.silver(cut).where(elsewhere).where(near), come)));
    }
    return all;
  }

  /** Positions of silver's rows of these days that are events of another day, if of any. */
  private Dataset<Row> moved() {
    return RowPosition.notAmong(
        comparison.gone(),
        staged
            .duplicates()
            .select(RowPosition.columns())
            .union(staged.refused().select(RowPosition.columns()))
            .union(staged.conflicts().select(RowPosition.columns())));
  }

  /** Records of these days, copies and conflicts among them, that silver may have elsewhere. */
  private Dataset<Row> come() {
    Column[] columns = RowPosition.columnsAnd(SilverColumns.COMMIT_SEQ);
    return comparison
        .come()
        .union(staged.duplicates().select(columns))
        .union(staged.conflicts().select(columns));
  }

  private static SortedSet<LocalDate> daysOf(Dataset<Row> rows) {
    SortedSet<LocalDate> days = new TreeSet<>();
    rows.select(col(SilverColumns.EVENT_DATE).cast("string"))
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(LocalDate.parse(row.getString(0))));
    return days;
  }

  @Override
  public void close() {
    comparison.forget();
    staged.close();
  }
}
