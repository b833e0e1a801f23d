package io.medallion.silver.replay.diff;

import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.replay.diff.OffsetRangeDiff.Count;
import io.medallion.silver.replay.diff.OffsetRangeDiff.Days;
import io.medallion.silver.source.RowPosition;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;

/**
 * Silver's rows of some days next to what becomes of records on these days, by position.
 *
 * @param offsetRanges all of them, kept on disk until {@link #forget}
 * @param counts how many rows there are, by the days on which they are before and after
 */
public record DayDiff(
    SparkSession session, JavaRDD<OffsetRangeDiff> offsetRanges, Map<Days, Count> counts) {
  /** The column of {@link #touched}: Spark's {@code xxhash64} of a row's visitor. */
  public static final String VISITOR_HASH = "visitor_hash";

  /**
   * Compares.
   *
   * @param silver its rows of the days
   * @param events what they become
   * @param tasks so many bring both together; each holds its part of either
   */
  public static DayDiff of(
      SparkSession session, JavaRDD<OffsetRange> silver, JavaRDD<OffsetRange> events, int tasks) {
    JavaRDD<OffsetRangeDiff> offsetRanges =
        silver
            .keyBy(OffsetRange::key)
            .cogroup(events.keyBy(OffsetRange::key), tasks)
            .map(both -> OffsetRangeDiff.of(both._1(), both._2()._1(), both._2()._2()))
            .persist(StorageLevel.DISK_ONLY());
    Map<Days, Count> counts = new HashMap<>();
    DayDiff comparison = new DayDiff(session, offsetRanges, counts);
    try {
      offsetRanges
          .map(OffsetRangeDiff::counts)
          .collect()
          .forEach(some -> some.forEach((days, of) -> counts.merge(days, of, Count::plus)));
      return comparison;
    } catch (Throwable e) { // Spark throws checked ones that nobody declares.
      comparison.forget();
      throw e;
    }
  }

  /** Whether silver has rows whose records are no events of these days today. */
  public boolean hasGone() {
    return counts.keySet().stream().anyMatch(days -> days.after() == OffsetRangeDiff.NO_DAY);
  }

  /** Their positions, and sequence numbers. */
  public Dataset<Row> gone() {
    return rows(OffsetRangeDiff::gone);
  }

  /** Positions, and sequence numbers, of events of these days that silver has no rows of there. */
  public Dataset<Row> come() {
    return rows(OffsetRangeDiff::come);
  }

  /** Visitors of rows that come, go, or differ in a watched column; each once. */
  public Dataset<Row> touched() {
    return session
        .createDataset(
            offsetRanges.flatMap(both -> both.touched().iterator()).rdd(), Encoders.LONG())
        .toDF(VISITOR_HASH)
        .distinct();
  }

  private Dataset<Row> rows(Function<OffsetRangeDiff, OffsetRange> which) {
    JavaRDD<InternalRow> rows = offsetRanges.flatMap(both -> which.call(both).positions());
    return InternalRowDatasets.dataset(session, rows, RowPosition.WITH_SEQ);
  }

  /** How the events differ, by day; days that come out as they were are left out. */
  public SortedMap<LocalDate, DayChange> changes() {
    SortedMap<LocalDate, DayChange> changes = new TreeMap<>();
    counts.keySet().stream()
        .flatMapToInt(days -> IntStream.of(days.before(), days.after()))
        .filter(day -> day != OffsetRangeDiff.NO_DAY)
        .distinct()
        .forEach(
            day -> {
              DayChange change = change(day);
              if (change.added() + change.removed() + change.changed() > 0) {
                changes.put(LocalDate.ofEpochDay(day), change);
              }
            });
    return changes;
  }

  /** A row that moves to another day is removed from one and added to the other. */
  private DayChange change(int day) {
    Predicate<Days> was = days -> days.before() == day;
    Predicate<Days> becomes = days -> days.after() == day;
    long before = sum(was, Count::rows);
    long after = sum(becomes, Count::rows);
    long stays = sum(was.and(becomes), Count::rows);
    long changed = sum(was.and(becomes), Count::changed);
    return new DayChange(before, after, after - stays, before - stays, changed);
  }

  private long sum(Predicate<Days> which, ToLongFunction<Count> of) {
    return counts.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .mapToLong(entry -> of.applyAsLong(entry.getValue()))
        .sum();
  }

  public void forget() {
    offsetRanges.unpersist();
  }
}
