package io.medallion.silver;

import static io.medallion.silver.Contest.VERDICT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;

import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.Rewrite;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableCommit;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableFile;
import io.medallion.lakehouse.TableLock;
import io.medallion.silver.ReplayReport.DayChange;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Derives some event days anew from bronze.
 *
 * <p>All copies of an event have its event day, so days can be decided by themselves: every record
 * whose day is among them contends, and the first in bronze's order is the event. What silver had
 * on these days goes, what was decided comes; days that come out as they were are left alone.
 *
 * <p>Files are prepared while the live silver works on. Under its commit lock only those records
 * are judged that it has read meanwhile.
 */
final class DayReplay {
  private static final long ROWS_PER_FILE = 500_000;

  /** To judge, and to look at what comes out or write it. */
  private static final long PASSES = 2;

  private final Lake lake;
  private final ReplayTables tables;
  private final String id;
  private final OptionalLong bronzeVersion;
  private final Consumer<String> step;
  private final LongConsumer expected;

  /**
   * @param step told the name of each step once it is done
   * @param expected told how many records it will judge in all, once that is known
   */
  DayReplay(
      Lake lake,
      ReplayTables tables,
      String id,
      OptionalLong bronzeVersion,
      Consumer<String> step,
      LongConsumer expected) {
    this.lake = lake;
    this.tables = tables;
    this.id = id;
    this.bronzeVersion = bronzeVersion;
    this.step = step;
    this.expected = expected;
  }

  /** What would change; nothing is written. */
  ReplayReport plan(LocalDate from, LocalDate to, ReplayPreview preview) {
    return run(from, to, preview);
  }

  /** Changes it. */
  ReplayReport publish(LocalDate from, LocalDate to) {
    return run(from, to, null);
  }

  private ReplayReport run(LocalDate from, LocalDate to, ReplayPreview preview) {
    SilverState cut = tables.cut();
    SortedSet<LocalDate> asked =
        from.datesUntil(to.plusDays(1)).collect(Collectors.toCollection(TreeSet::new));
    long records = tables.recordsSince(firstIngestDate(cut, asked));
    expected.accept(PASSES * records);
    ReplayedDays replayed = ReplayedDays.of(tables, asked, days -> records(cut, days), cut);
    try {
      SortedSet<LocalDate> days = replayed.days();
      DayDecision decision = replayed.decision();
      SortedMap<LocalDate, DayChange> changes = replayed.comparison().changes();
      if (changes.isEmpty()) {
        expected.accept(records);
      }
      if (preview == null) {
        return publish(cut, days, changes, decision);
      }
      if (!changes.isEmpty()) {
        show(cut, new TreeSet<>(changes.keySet()), decision, preview);
      }
      return planned(cut, days, changes, decision);
    } finally {
      replayed.forget();
    }
  }

  private ReplayReport planned(
      SilverState cut,
      SortedSet<LocalDate> days,
      SortedMap<LocalDate, DayChange> changes,
      DayDecision decision) {
    Dataset<Row> quarantine = tables.quarantine(cut).cache();
    try {
      Dataset<Row> released = decision.released(quarantine);
      return new ReplayReport(
          id,
          changes,
          decision.judged().count(),
          decision.entering(cut, days, quarantine).count(),
          released.count(),
          RowPosition.among(decision.of(Contest.DUPLICATE), released).count(),
          cut.version(),
          false);
    } finally {
      quarantine.unpersist();
    }
  }

  private void show(
      SilverState cut, SortedSet<LocalDate> days, DayDecision decision, ReplayPreview preview) {
    Dataset<Row> silver = tables.silver(cut).select(TableDefinition.SILVER.columns());
    preview.look(
        days,
        silver.where(ReplayTables.onDays(days).unary_$bang()),
        silver.where(ReplayTables.onDays(days)),
        decision.events(days));
  }

  /** Bronze's records that may be events of the days. */
  private Dataset<Row> records(SilverState cut, SortedSet<LocalDate> days) {
    Dataset<Row> bronze =
        bronzeVersion.isPresent()
            ? tables.bronzeAt(bronzeVersion.getAsLong(), cut)
            : tables.bronze(cut);
    return bronze.where(col(BronzeColumns.INGEST_DATE).geq(firstIngestDate(cut, days)));
  }

  /** Before the first day's own records come those that silver took for events of it. */
  private LocalDate firstIngestDate(SilverState cut, SortedSet<LocalDate> days) {
    Row first =
        tables
            .silver(cut)
            .where(ReplayTables.onDays(days))
            .agg(min(SilverColumns.INGESTED_AT).cast("date").cast("string"))
            .first();
    LocalDate usual = days.first().minusDays(ReplayTables.DAYS_AHEAD);
    if (first.isNullAt(0)) {
      return usual;
    }
    LocalDate known = LocalDate.parse(first.getString(0));
    return known.isBefore(usual) ? known : usual;
  }

  /** Writes what was decided; only the last part of it holds up the live silver. */
  @SuppressWarnings("try") // The lock is held, not used.
  private ReplayReport publish(
      SilverState prepared,
      SortedSet<LocalDate> days,
      SortedMap<LocalDate, DayChange> changes,
      DayDecision decision) {
    SortedSet<LocalDate> replaced = new TreeSet<>(changes.keySet());
    TableCommit files = tables.silver().begin(tables.session());
    if (!replaced.isEmpty()) {
      files.append(rows(decision, replaced));
    }
    step.accept("prepared");
    Rewrites rewrites = new Rewrites(lake);
    try (TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      SilverState cut = tables.cut();
      DayDecision since = since(prepared, cut, replaced, decision);
      try {
        Rewrite rewrite = new Rewrite(id, replaced.isEmpty() ? days : replaced);
        rewrites.begin(rewrite);
        ReplayReport report =
            publish(prepared, cut, replaced, changes, decision, since, files, rewrite);
        rewrites.end(rewrite);
        return report;
      } finally {
        since.forget();
      }
    }
  }

  private ReplayReport publish(
      SilverState prepared,
      SilverState cut,
      SortedSet<LocalDate> replaced,
      SortedMap<LocalDate, DayChange> changes,
      DayDecision decision,
      DayDecision since,
      TableCommit files,
      Rewrite rewrite) {
    ReplayCommit commit = new ReplayCommit(tables, rewrite, step);
    Dataset<Row> quarantine = tables.quarantine(cut).cache();
    Dataset<Row> released =
        decision
            .released(quarantine)
            .unionByName(since.released(quarantine))
            .select(RowPosition.columns())
            .cache();
    try {
      long leaving = released.count();
      Dataset<Row> restated = decision.restated(quarantine).unionByName(since.restated(quarantine));
      long entering =
          commit.quarantine(
              decision
                  .entering(cut, replaced, quarantine)
                  .unionByName(since.entering(cut, replaced, quarantine)));
      TableCommit silver = tables.silver().begin(tables.session()).adopt(files);
      List<TableFile> all = tables.silver().filesAt(silver.readVersion());
      List<TableFile> gone = all.stream().filter(f -> replaced.contains(f.partition())).toList();
      if (!replaced.isEmpty() && prepared.version() != cut.version()) {
        silver.append(rows(since, replaced));
      }
      silver.remove(gone);
      long rows = records(all) - records(gone) + silver.rows();
      long version =
          commit.silver(
              silver,
              cut,
              rows,
              QuarantineRows.byFirstReason(tables.quarantine(cut), released, restated));
      commit.release(released, restated);
      return new ReplayReport(
          id,
          changes,
          decision.judged().count() + since.judged().count(),
          entering,
          leaving,
          RowPosition.among(decision.of(Contest.DUPLICATE), released).count(),
          version,
          true);
    } finally {
      released.unpersist();
      quarantine.unpersist();
    }
  }

  /**
   * What silver has read since the files were prepared. All of it came later than what they hold,
   * so that it takes no identity from them.
   */
  private DayDecision since(
      SilverState prepared, SilverState cut, SortedSet<LocalDate> replaced, DayDecision decision) {
    Dataset<Row> records =
        tables.bronze(cut).where(col(BronzeColumns.SEQ).gt(prepared.position().seq()));
    Dataset<Row> judged = ReplayTables.verdictColumns(tables.judged(records));
    Dataset<Row> news = judged.where(col(ReplayTables.GOOD)).where(ReplayTables.onDays(replaced));
    Dataset<Row> known =
        decision
            .of(Contest.EVENT)
            .drop(VERDICT)
            .join(
                news.select(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME).distinct(),
                scala.jdk.javaapi.CollectionConverters.asScala(
                        List.of(SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME))
                    .toSeq(),
                "left_semi");
    Dataset<Row> decided =
        Contest.decide(news.unionByName(known))
            .where(col(SilverColumns.SEQ).gt(prepared.position().seq()))
            .persist(StorageLevel.DISK_ONLY());
    return new DayDecision(tables, judged, decided, records);
  }

  /**
   * The events of the days, with all their columns, by event time so that files cover little of it.
   */
  private Dataset<Row> rows(DayDecision decision, SortedSet<LocalDate> replaced) {
    TimeSlices slices =
        TimeSlices.of(
            decision.of(Contest.EVENT).where(ReplayTables.onDays(replaced)), ROWS_PER_FILE);
    return decision
        .events(replaced)
        .repartitionById(slices.count(), slices.of(col(SilverColumns.EVENT_TIME)))
        .sortWithinPartitions(SilverColumns.EVENT_DATE, SilverColumns.EVENT_TIME);
  }

  private static long records(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }
}
