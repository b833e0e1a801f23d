package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.silver.ReplayReport.DayChange;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Silver's rows of some days beside what becomes of records on these days, by position.
 *
 * @param rows a position, then day and content as silver has them, null where it has none, and
 *     sequence number, day and content as they become, null where the record is no event of these
 *     days; kept on disk until {@link #forget}
 * @param counts how many of them there are for each change
 */
record DayComparison(Dataset<Row> rows, List<Count> counts) {
  private static final String DAY_BEFORE = "day_before";
  private static final String DAY_AFTER = "day_after";
  private static final String BEFORE = "before";
  private static final String AFTER = "after";

  /**
   * Some rows.
   *
   * @param before the day on which silver has them, or null
   * @param after the day on which it will have them, or null
   * @param rows how many they are
   * @param changed how many of them have another value in some column
   */
  record Count(LocalDate before, LocalDate after, long rows, long changed) {
    static Count of(Row row) {
      return new Count(day(row, 0), day(row, 1), row.getLong(2), row.getLong(3));
    }

    private static LocalDate day(Row row, int field) {
      return row.isNullAt(field) ? null : LocalDate.parse(row.getString(field));
    }
  }

  /**
   * Compares.
   *
   * @param silver its rows of the days
   * @param events what they become
   */
  static DayComparison of(Dataset<Row> silver, Dataset<Row> events) {
    Dataset<Row> before =
        silver.select(
            RowPosition.columnsAnd(
                col(SilverColumns.EVENT_DATE).as(DAY_BEFORE), content().as(BEFORE)));
    Dataset<Row> after =
        events.select(
            RowPosition.columnsAnd(
                col(SilverColumns.SEQ),
                col(SilverColumns.EVENT_DATE).as(DAY_AFTER),
                content().as(AFTER)));
    Dataset<Row> rows =
        before.join(after, RowPosition.names(), "full_outer").persist(StorageLevel.DISK_ONLY());
    List<Count> counts =
        rows
            .groupBy(col(DAY_BEFORE).cast("string"), col(DAY_AFTER).cast("string"))
            .agg(count(lit(1)), count_if(col(BEFORE).notEqual(col(AFTER))))
            .collectAsList()
            .stream()
            .map(Count::of)
            .toList();
    return new DayComparison(rows, counts);
  }

  /**
   * A hash over every column of a silver row: equal rows have equal ones. Spark passes over nulls,
   * so that a value would be the same in the next column.
   */
  private static Column content() {
    return xxhash64(
        Arrays.stream(TableDefinition.SILVER.columns())
            .flatMap(column -> Stream.of(column.isNull(), column))
            .toArray(Column[]::new));
  }

  /** Whether silver has rows whose records are no events of these days today. */
  boolean hasGone() {
    return counts.stream().anyMatch(count -> count.after() == null);
  }

  /** Their positions. */
  Dataset<Row> gone() {
    return rows.where(col(DAY_AFTER).isNull()).select(RowPosition.columns());
  }

  /** Positions, and sequence numbers, of events of these days that silver has no rows of there. */
  Dataset<Row> come() {
    return rows.where(col(DAY_BEFORE).isNull())
        .select(RowPosition.columnsAnd(col(SilverColumns.SEQ)));
  }

  /** How the events differ, by day; days that come out as they were are left out. */
  SortedMap<LocalDate, DayChange> changes() {
    SortedMap<LocalDate, DayChange> changes = new TreeMap<>();
    Stream.concat(counts.stream().map(Count::before), counts.stream().map(Count::after))
        .filter(Objects::nonNull)
        .distinct()
        .forEach(
            day -> {
              DayChange change = change(day);
              if (change.added() + change.removed() + change.changed() > 0) {
                changes.put(day, change);
              }
            });
    return changes;
  }

  /** A row that moves to another day is removed from one and added to the other. */
  private DayChange change(LocalDate day) {
    Predicate<Count> was = count -> day.equals(count.before());
    Predicate<Count> becomes = count -> day.equals(count.after());
    long before = sum(was, Count::rows);
    long after = sum(becomes, Count::rows);
    long stays = sum(was.and(becomes), Count::rows);
    long changed = sum(was.and(becomes), Count::changed);
    return new DayChange(before, after, after - stays, before - stays, changed);
  }

  private long sum(Predicate<Count> which, ToLongFunction<Count> of) {
    return counts.stream().filter(which).mapToLong(of).sum();
  }

  void forget() {
    rows.unpersist();
  }
}
