package io.medallion.silver;

import static io.medallion.silver.Contest.VERDICT;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.Rewrite;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableCommit;
import io.medallion.lakehouse.TableFile;
import io.medallion.silver.ReplayReport.DayChange;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Judges what is in quarantine by today's rules. What passes contends with silver's rows for its
 * identity, as it would have when it came: it becomes a row or a duplicate, or stays as a conflict.
 */
final class QuarantineReplay {
  private static final String KEPT = "kept";

  private final ReplayTables tables;
  private final String id;

  QuarantineReplay(ReplayTables tables, String id) {
    this.tables = tables;
    this.id = id;
  }

  /**
   * Finds what changes, and writes it where {@code publish}; the caller then holds silver's commit
   * lock.
   *
   * @param selected which rows of quarantine
   * @param step told of each step done
   */
  ReplayReport run(Column selected, boolean publish, Rewrites rewrites, Consumer<String> step) {
    SilverState cut = tables.cut();
    Dataset<Row> records = tables.quarantine(cut).where(selected);
    Dataset<Row> judged = ReplayTables.verdictColumns(tables.judged(records));
    try {
      Dataset<Row> good = judged.where(col(ReplayTables.GOOD));
      SortedSet<LocalDate> days = days(good);
      if (days.isEmpty()) {
        return report(judged.count(), new TreeMap<>(), 0, 0, 0, cut.version(), false);
      }
      return run(cut, records, judged, good, days, publish, rewrites, step);
    } finally {
      judged.unpersist();
    }
  }

  private ReplayReport run(
      SilverState cut,
      Dataset<Row> records,
      Dataset<Row> judged,
      Dataset<Row> good,
      SortedSet<LocalDate> days,
      boolean publish,
      Rewrites rewrites,
      Consumer<String> step) {
    Dataset<Row> rivals = rivals(cut, good, days);
    // A replay that was cut off leaves records in both tables: each contends once.
    Dataset<Row> decided =
        Contest.decide(
                RowPosition.notAmong(good, rivals)
                    .select(Contest.columns())
                    .withColumn(KEPT, lit(false))
                    .unionByName(rivals.withColumn(KEPT, lit(true))))
            .cache();
    Dataset<Row> events = decided.where(col(KEPT).unary_$bang().and(is(Contest.EVENT))).cache();
    Dataset<Row> duplicates = decided.where(col(KEPT).unary_$bang().and(is(Contest.DUPLICATE)));
    Dataset<Row> conflicts = decided.where(col(KEPT).unary_$bang().and(is(Contest.CONFLICT)));
    Dataset<Row> displaced = decided.where(col(KEPT).and(is(Contest.EVENT).unary_$bang())).cache();
    Dataset<Row> released =
        RowPosition.among(
                good.select(RowPosition.columns()),
                decided.where(is(Contest.CONFLICT).unary_$bang()))
            .cache();
    try {
      SortedMap<LocalDate, DayChange> changes = changes(cut, days, events, displaced);
      Dataset<Row> ousted = conflictsOf(displaced, cut, days);
      long leaving = released.count();
      long copies = duplicates.count();
      if (!publish) {
        return report(
            judged.count(), changes, ousted.count(), leaving, copies, cut.version(), false);
      }
      Dataset<Row> restated =
          QuarantineRows.conflicts(
              RowPosition.among(
                  records.where(QuarantineRows.isConflict().unary_$bang()), conflicts),
              Instant.now());
      Rewrite rewrite = new Rewrite(id, days);
      rewrites.begin(rewrite);
      ReplayCommit commit = new ReplayCommit(tables, rewrite, step);
      long entering = commit.quarantine(ousted);
      long version = silver(commit, cut, records, events, displaced, released, restated);
      commit.release(released, restated);
      rewrites.end(rewrite);
      return report(judged.count(), changes, entering, leaving, copies, version, true);
    } finally {
      List.of(decided, events, displaced, released).forEach(Dataset::unpersist);
    }
  }

  /** Silver's rows that have the identity of a record that passes now. */
  private Dataset<Row> rivals(SilverState cut, Dataset<Row> good, SortedSet<LocalDate> days) {
    Dataset<Row> identities =
        good.select(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME, SilverColumns.EVENT_DATE)
            .distinct();
    return tables
        .silver(cut)
        .where(ReplayTables.onDays(days))
        .join(
            broadcast(identities),
            scala.jdk.javaapi.CollectionConverters.asScala(
                    List.of(
                        SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME, SilverColumns.EVENT_DATE))
                .toSeq(),
            "left_semi")
        .select(Contest.columns());
  }

  /**
   * The records, silver's row and its former copies, that conflict with an event which came before
   * them and only now is one.
   */
  private Dataset<Row> conflictsOf(
      Dataset<Row> displaced, SilverState cut, SortedSet<LocalDate> days) {
    Dataset<Row> records = tables.bronze(cut);
    if (displaced.where(is(Contest.CONFLICT)).isEmpty()) {
      return QuarantineRows.conflicts(records.limit(0), Instant.now());
    }
    Dataset<Row> since =
        records.where(
            col(BronzeColumns.INGEST_DATE).geq(days.first().minusDays(ReplayTables.DAYS_AHEAD)));
    Dataset<Row> copies =
        tables
            .judged(since)
            .where(col(QuarantineColumns.REASONS).isNull())
            .select(Contest.columns())
            .join(
                broadcast(
                    displaced
                        .where(is(Contest.CONFLICT))
                        .select(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME)
                        .distinct()),
                scala.jdk.javaapi.CollectionConverters.asScala(
                        List.of(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME))
                    .toSeq(),
                "left_semi");
    Dataset<Row> conflicting = Contest.decide(copies).where(is(Contest.CONFLICT));
    return QuarantineRows.conflicts(
        RowPosition.among(since, RowPosition.notAmong(conflicting, tables.quarantine(cut))),
        Instant.now());
  }

  private long silver(
      ReplayCommit commit,
      SilverState cut,
      Dataset<Row> records,
      Dataset<Row> events,
      Dataset<Row> displaced,
      Dataset<Row> released,
      Dataset<Row> restated) {
    TableCommit silver = tables.silver().begin(tables.session());
    List<TableFile> before = tables.silver().filesAt(silver.readVersion());
    List<TableFile> touched =
        displaced.isEmpty()
            ? List.of()
            : commit.filesWith(tables.silver(), silver.readVersion(), displaced);
    if (!touched.isEmpty()) {
      silver.append(
          RowPosition.notAmong(tables.silver().rows(tables.session(), touched), displaced)
              .sortWithinPartitions(SilverColumns.EVENT_DATE, SilverColumns.EVENT_TIME));
      silver.remove(touched);
    }
    if (!events.isEmpty()) {
      silver.append(
          RowPosition.among(tables.judged(records), events)
              .select(tables.silver().definition().columns())
              .sortWithinPartitions(SilverColumns.EVENT_DATE, SilverColumns.EVENT_TIME));
    }
    long rows = rows(before) - rows(touched) + silver.rows();
    return commit.silver(
        silver,
        cut,
        rows,
        QuarantineRows.byFirstReason(tables.quarantine(cut), released, restated));
  }

  private SortedMap<LocalDate, DayChange> changes(
      SilverState cut, SortedSet<LocalDate> days, Dataset<Row> events, Dataset<Row> displaced) {
    SortedMap<LocalDate, Long> added = byDay(events);
    SortedMap<LocalDate, Long> removed = byDay(displaced);
    SortedMap<LocalDate, DayChange> changes = new TreeMap<>();
    List<TableFile> files = tables.silver().filesAt(cut.version());
    for (LocalDate day : days) {
      long before = rows(files.stream().filter(f -> f.partition().equals(day)).toList());
      long in = added.getOrDefault(day, 0L);
      long out = removed.getOrDefault(day, 0L);
      if (in + out > 0) {
        changes.put(day, new DayChange(before, before + in - out, in, out, 0));
      }
    }
    return changes;
  }

  private static SortedMap<LocalDate, Long> byDay(Dataset<Row> rows) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    rows.groupBy(SilverColumns.EVENT_DATE)
        .count()
        .withColumn(SilverColumns.EVENT_DATE, col(SilverColumns.EVENT_DATE).cast("string"))
        .collectAsList()
        .forEach(row -> counts.put(LocalDate.parse(row.getString(0)), row.getLong(1)));
    return counts;
  }

  private static SortedSet<LocalDate> days(Dataset<Row> good) {
    SortedSet<LocalDate> days = new TreeSet<>();
    good.select(col(SilverColumns.EVENT_DATE).cast("string"))
        .distinct()
        .collectAsList()
        .forEach(row -> days.add(LocalDate.parse(row.getString(0))));
    return days;
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private static Column is(String verdict) {
    return col(VERDICT).equalTo(verdict);
  }

  private ReplayReport report(
      long judged,
      SortedMap<LocalDate, DayChange> changes,
      long quarantined,
      long released,
      long duplicates,
      long version,
      boolean published) {
    return new ReplayReport(
        id, changes, judged, quarantined, released, duplicates, version, published);
  }
}
