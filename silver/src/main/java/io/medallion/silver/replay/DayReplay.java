package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.min;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.replay.diff.DayChange;
import io.medallion.silver.source.BronzeRange;
import io.medallion.silver.source.SilverState;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Derives some event days again from bronze.
 *
 * <p>All copies of an event have its event day, so days can be decided by themselves: every record
 * whose day is among them contends, and the first in bronze's order is the event. What silver had
 * on these days goes, what was decided comes; days that come out as they were are left alone.
 *
 * <p>Files are prepared while the live silver works on. Under its commit lock only those records
 * are validated that it has read meanwhile.
 */
final class DayReplay {
  private static final long FROM_THE_BEGINNING = 0;

  private final Lake lake;
  private final ReplayTables tables;
  private final String id;
  private final OptionalLong bronzeVersion;
  private final Consumer<String> step;
  private final LongConsumer expected;

  /**
   * @param step told the name of each step once it is done
   * @param expected told how many records it will judge in all, as far as that is known
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

  /** What would change; nothing is committed, and no file stays. */
  ReplayReport plan(ReplayRequest request, ReplayPreview preview) {
    SilverState cut = tables.cut();
    if (request.days().isEmpty()) {
      return nothing(cut, request);
    }
    try (ReplayedDays replayed = replayed(cut, request, preview.columns())) {
      SortedMap<LocalDate, DayChange> changes = replayed.comparison().changes();
      if (!changes.isEmpty()) {
        preview.look(rows(cut, new TreeSet<>(changes.keySet()), replayed));
      }
      return planned(cut, request, replayed, changes);
    }
  }

  /** Changes it. */
  ReplayReport apply(ReplayRequest request) {
    SilverState cut = tables.cut();
    if (request.days().isEmpty()) {
      return nothing(cut, request);
    }
    try (ReplayedDays replayed = replayed(cut, request, List.of())) {
      return apply(cut, request, replayed);
    }
  }

  private ReplayedDays replayed(SilverState cut, ReplayRequest request, List<String> watched) {
    return ReplayedDays.of(
        tables, request.days(), watched, days -> records(cut, days, request.ingestedFrom()), cut);
  }

  /** Of a request without days: all records that it asks for stay in quarantine. */
  private ReplayReport nothing(SilverState cut, ReplayRequest request) {
    return new ReplayReport(
        id,
        new TreeMap<>(),
        0,
        0,
        QuarantineChanges.staying(tables.quarantine(cut), request.selected()),
        cut.version(),
        false);
  }

  private ReplayReport planned(
      SilverState cut,
      ReplayRequest request,
      ReplayedDays replayed,
      SortedMap<LocalDate, DayChange> changes) {
    StagedDay staged = replayed.staged();
    try (QuarantineChanges moves = QuarantineChanges.of(tables, staged, cut)) {
      return new ReplayReport(
          id,
          changes,
          staged.parsed(),
          moves.entering(cut, replayed.days()).count(),
          moves.byReason(request.selected()),
          cut.version(),
          false);
    }
  }

  private ReplayPreview.Rows rows(
      SilverState cut, SortedSet<LocalDate> days, ReplayedDays replayed) {
    Dataset<Row> silver = tables.silver(cut).select(tables.columns());
    return new ReplayPreview.Rows(
        days,
        silver.where(ReplayTables.onDays(days).unary_$bang()),
        silver.where(ReplayTables.onDays(days)),
        replayed.staged().events(days),
        replayed.comparison().touched());
  }

  /** Bronze's records that may be events of the days. */
  private BronzeRange records(SilverState cut, SortedSet<LocalDate> days, LocalDate ingestedFrom) {
    tables.requireKept(days, cut);
    LocalDate usual = firstIngestDate(cut, days);
    BronzeRange records =
        tables.range(
            bronzeVersion,
            ingestedFrom.isBefore(usual) ? ingestedFrom : usual,
            FROM_THE_BEGINNING,
            cut);
    // Retention may have taken more before the files were chosen; it never takes less.
    tables.requireKept(days, cut);
    expected.accept(tables.parsedSoFar() + records.rows());
    return records;
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

  /** Commits what was decided; only this holds up the live silver. */
  @SuppressWarnings("try") // The lock is held, not used.
  private ReplayReport apply(SilverState prepared, ReplayRequest request, ReplayedDays replayed) {
    SortedMap<LocalDate, DayChange> changes = replayed.comparison().changes();
    SortedSet<LocalDate> replaced = new TreeSet<>(changes.keySet());
    step.accept("prepared");
    ReplayJournal replays = new ReplayJournal(lake);
    try (TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      tables.requireNobodyErased();
      SilverState cut = tables.cut();
      // All that silver has read meanwhile came later, and takes no identity from what is there.
      BronzeRange since =
          tables.range(OptionalLong.empty(), LocalDate.MIN, prepared.position().seq(), cut);
      tables.requireKept(replaced, cut);
      expected.accept(tables.parsedSoFar() + since.rows());
      replayed.staged().add(since, replaced);
      ReplayMetadata metadata =
          new ReplayMetadata(id, replaced.isEmpty() ? replayed.days() : replaced);
      replays.begin(metadata);
      ReplayReport report = commit(cut, request, replaced, changes, replayed.staged(), metadata);
      replays.end(metadata, replayed.days());
      return report;
    }
  }

  private ReplayReport commit(
      SilverState cut,
      ReplayRequest request,
      SortedSet<LocalDate> replaced,
      SortedMap<LocalDate, DayChange> changes,
      StagedDay staged,
      ReplayMetadata metadata) {
    ReplayCommit commit = new ReplayCommit(tables, metadata, step);
    try (QuarantineChanges moves = QuarantineChanges.of(tables, staged, cut)) {
      Dataset<Row> released = moves.released();
      Dataset<Row> restated = moves.restated();
      SortedMap<String, QuarantineOutcome> byReason = moves.byReason(request.selected());
      long entering = commit.quarantine(moves.entering(cut, replaced));
      TableCommit silver = tables.silver().begin(tables.session()).adopt(staged.take(replaced));
      List<TableFile> all = tables.silver().filesAt(silver.readVersion());
      List<TableFile> gone = all.stream().filter(f -> replaced.contains(f.partition())).toList();
      silver.remove(gone);
      long rows = records(all) - records(gone) + silver.rows();
      long version =
          commit.silver(
              silver,
              cut,
              rows,
              QuarantineRows.byFirstReason(tables.quarantine(cut), released, restated),
              flags(cut, replaced, staged));
      commit.release(released, restated);
      return new ReplayReport(id, changes, staged.parsed(), entering, byReason, version, true);
    }
  }

  /** How many more rows bear each flag then. */
  private Map<String, Long> flags(
      SilverState cut, SortedSet<LocalDate> replaced, StagedDay staged) {
    Map<String, Long> flags = new HashMap<>();
    if (!replaced.isEmpty()) {
      Dataset<Row> before = tables.silver(cut).where(ReplayTables.onDays(replaced));
      byFlag(before).forEach((flag, rows) -> flags.merge(flag, -rows, Long::sum));
      byFlag(staged.events(replaced)).forEach((flag, rows) -> flags.merge(flag, rows, Long::sum));
    }
    return flags;
  }

  private static Map<String, Long> byFlag(Dataset<Row> rows) {
    Map<String, Long> counts = new HashMap<>();
    rows.select(explode(col(SilverColumns.FLAGS)).as(SilverColumns.FLAGS))
        .groupBy(SilverColumns.FLAGS)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  private static long records(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }
}
