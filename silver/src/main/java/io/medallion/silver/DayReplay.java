package io.medallion.silver;

import static org.apache.spark.sql.functions.min;

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
  ReplayReport plan(LocalDate from, LocalDate to, ReplayPreview preview) {
    SilverState cut = tables.cut();
    try (ReplayedDays replayed = replayed(cut, from, to, preview.columns())) {
      SortedMap<LocalDate, DayChange> changes = replayed.comparison().changes();
      if (!changes.isEmpty()) {
        preview.look(rows(cut, new TreeSet<>(changes.keySet()), replayed));
      }
      return planned(cut, replayed, changes);
    }
  }

  /** Changes it. */
  ReplayReport publish(LocalDate from, LocalDate to) {
    SilverState cut = tables.cut();
    try (ReplayedDays replayed = replayed(cut, from, to, List.of())) {
      return publish(cut, replayed);
    }
  }

  private ReplayedDays replayed(
      SilverState cut, LocalDate from, LocalDate to, List<String> watched) {
    SortedSet<LocalDate> asked =
        from.datesUntil(to.plusDays(1)).collect(Collectors.toCollection(TreeSet::new));
    return ReplayedDays.of(tables, asked, watched, days -> records(cut, days), cut);
  }

  private ReplayReport planned(
      SilverState cut, ReplayedDays replayed, SortedMap<LocalDate, DayChange> changes) {
    DayDraft draft = replayed.draft();
    try (QuarantineChanges moves = QuarantineChanges.of(tables, draft, cut)) {
      return new ReplayReport(
          id,
          changes,
          draft.judged(),
          moves.entering(cut, replayed.days()).count(),
          moves.released().count(),
          moves.releasedDuplicates(),
          cut.version(),
          false);
    }
  }

  private ReplayPreview.Rows rows(
      SilverState cut, SortedSet<LocalDate> days, ReplayedDays replayed) {
    Dataset<Row> silver = tables.silver(cut).select(TableDefinition.SILVER.columns());
    return new ReplayPreview.Rows(
        days,
        silver.where(ReplayTables.onDays(days).unary_$bang()),
        silver.where(ReplayTables.onDays(days)),
        replayed.draft().events(days),
        replayed.comparison().touched());
  }

  /** Bronze's records that may be events of the days. */
  private BronzeRange records(SilverState cut, SortedSet<LocalDate> days) {
    BronzeRange records =
        tables.range(bronzeVersion, firstIngestDate(cut, days), FROM_THE_BEGINNING, cut);
    expected.accept(tables.judgedSoFar() + records.rows());
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
  private ReplayReport publish(SilverState prepared, ReplayedDays replayed) {
    SortedMap<LocalDate, DayChange> changes = replayed.comparison().changes();
    SortedSet<LocalDate> replaced = new TreeSet<>(changes.keySet());
    step.accept("prepared");
    Rewrites rewrites = new Rewrites(lake);
    try (TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      SilverState cut = tables.cut();
      // All that silver has read meanwhile came later, and takes no identity from what is there.
      BronzeRange since =
          tables.range(OptionalLong.empty(), LocalDate.MIN, prepared.position().seq(), cut);
      expected.accept(tables.judgedSoFar() + since.rows());
      replayed.draft().add(since, replaced);
      Rewrite rewrite = new Rewrite(id, replaced.isEmpty() ? replayed.days() : replaced);
      rewrites.begin(rewrite);
      ReplayReport report = publish(cut, replaced, changes, replayed.draft(), rewrite);
      rewrites.end(rewrite);
      return report;
    }
  }

  private ReplayReport publish(
      SilverState cut,
      SortedSet<LocalDate> replaced,
      SortedMap<LocalDate, DayChange> changes,
      DayDraft draft,
      Rewrite rewrite) {
    ReplayCommit commit = new ReplayCommit(tables, rewrite, step);
    try (QuarantineChanges moves = QuarantineChanges.of(tables, draft, cut)) {
      Dataset<Row> released = moves.released();
      long leaving = released.count();
      Dataset<Row> restated = moves.restated();
      long entering = commit.quarantine(moves.entering(cut, replaced));
      TableCommit silver = tables.silver().begin(tables.session()).adopt(draft.take(replaced));
      List<TableFile> all = tables.silver().filesAt(silver.readVersion());
      List<TableFile> gone = all.stream().filter(f -> replaced.contains(f.partition())).toList();
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
          draft.judged(),
          entering,
          leaving,
          moves.releasedDuplicates(),
          version,
          true);
    }
  }

  private static long records(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }
}
