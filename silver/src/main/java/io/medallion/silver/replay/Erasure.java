package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Pseudonyms;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasureKey;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Takes persons out of the lake, next to its running layers.
 *
 * <p>First their ids are remembered, as keyed hashes: from then on silver refuses their records,
 * wherever these come from. Then what is there of them goes: rows of silver are removed, or become
 * {@linkplain KeptEvents somebody unknown's}, in quarantine each of their records leaves its place
 * alone, and bronze's rows lose what they hold. Each step finds by the hashes what is left to do,
 * so that an erasure that was cut off is finished by any later one.
 */
public final class Erasure {
  /** What becomes of the numbers in which the persons' events are. */
  public enum Totals {
    /** They are those of a world without them. */
    WITHOUT,
    /** They stay: the events are somebody unknown's from then on. */
    KEPT
  }

  private static final String NAME = "erase";
  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Lake lake;
  private final Configuration configuration;
  private final Erasures erasures;
  private final Consumer<String> step;

  private Erasure(Lake lake, Configuration configuration, Consumer<String> step) {
    this.lake = lake;
    this.configuration = configuration;
    this.erasures = Erasures.of(lake.folder(), configuration);
    this.step = step;
  }

  /**
   * One over a lake, by a configuration's rules and databases.
   *
   * @throws io.medallion.common.error.MedallionException where a table or the GeoIP database is
   *     missing
   */
  public static Erasure of(Lake lake, Configuration configuration) {
    return of(lake, configuration, done -> {});
  }

  /** The same, telling of each step that is done; a test may cut it off there. */
  public static Erasure of(Lake lake, Configuration configuration, Consumer<String> step) {
    return new Erasure(lake, configuration, step);
  }

  /**
   * What there is of persons, those linked to them and those erased before among them. Nothing is
   * written.
   *
   * @param totals what would become of the numbers
   */
  public ErasureReport plan(PersonIds asked, Totals totals) {
    Replay replay = Replay.of(lake, configuration);
    ReplayTables tables = replay.tables();
    SilverState cut = tables.cut();
    PersonIds persons = linked(tables, cut, asked);
    try (Found found = Found.of(tables.without(ids(persons)), cut)) {
      List<ErasureReport.Table> all =
          found.everywhere().stream().map(rows -> table(tables, rows)).toList();
      long kept = totals == Totals.KEPT ? all.get(1).rows() : 0;
      return new ErasureReport(id(), persons, all, cut.version(), kept, false);
    }
  }

  /**
   * Erases persons with all that are linked to them, and whatever came again of those erased
   * before. The layers may run meanwhile.
   *
   * @param asked may be nobody's: then only what came again goes
   * @throws io.medallion.common.error.MedallionException if another erasure runs, or a layer that
   *     would have to be stopped
   */
  public ErasureReport apply(PersonIds asked) {
    return apply(asked, Totals.WITHOUT, persons -> {});
  }

  /**
   * The same. An erasure that was cut off is finished first, as it was begun.
   *
   * @param totals what becomes of the numbers
   * @param known told who is erased, with all that are linked to them, when silver keeps them out
   *     and before the first row goes
   */
  @SuppressWarnings("try") // The locks are held, not used.
  public ErasureReport apply(PersonIds asked, Totals totals, Consumer<PersonIds> known) {
    try (TableLock alone = lake.lockLayer(NAME);
        TableLock withoutBronze = lake.withoutLayer(TableDefinition.BRONZE.name());
        TableLock withoutSilver = lake.withoutLayer(TableDefinition.SILVER.name())) {
      Optional<ErasureReport> before = finishCutOff(totals, known);
      if (before.isPresent() && asked.size() == 0) {
        return before.get();
      }
      String id = id();
      PersonIds persons = remember(asked, id, totals);
      step.accept("remembered");
      ErasureReport report = remembered(id, persons, known);
      return before.map(report::with).orElse(report);
    }
  }

  /** One that keeps totals goes on by its own secret; nobody else's rows may be there then. */
  private Optional<ErasureReport> finishCutOff(Totals totals, Consumer<PersonIds> known) {
    erasures.forgetUnusedSecrets();
    Optional<ErasureReport> finished = Optional.empty();
    for (Map.Entry<String, Erasures.Keeping> begun : erasures.keepingTotals().entrySet()) {
      // Rows that link ids may be somebody unknown's already: whom it knew at first is told.
      PersonIds persons = new PersonIds(begun.getValue().ids());
      ErasureReport report = remembered(begun.getKey(), persons, known);
      finished = Optional.of(finished.map(report::with).orElse(report));
    }
    List<String> others = erasures.unfinished();
    if (totals == Totals.KEPT && finished.isEmpty() && !others.isEmpty()) {
      finished = Optional.of(remembered(others.get(0), PersonIds.NONE, persons -> {}));
    }
    return finished;
  }

  /** Does the rest, once it is remembered who is erased. */
  private ErasureReport remembered(String id, PersonIds persons, Consumer<PersonIds> known) {
    // A batch of silver that knew nothing of it is in after this; every later one knows.
    lake.lockCommits(TableDefinition.SILVER).close();
    known.accept(persons);
    Replay replay = Replay.of(lake, configuration, step);
    ReplayTables tables = replay.tables();
    try (Found found = Found.of(tables, tables.cut())) {
      Erasures.Keeping keeping = erasures.keepingTotals().get(id);
      return keeping == null
          ? withoutThem(replay, found, id, persons)
          : asSomebodyUnknown(replay, found, id, persons, keeping);
    }
  }

  private ErasureReport withoutThem(Replay replay, Found found, String id, PersonIds persons) {
    ReplayTables tables = replay.tables();
    List<ErasureReport.Table> done =
        new ArrayList<>(
            silver(tables, found, found, rows -> rows.without(tables.session()), 0, id));
    releaseConflicts(replay);
    step.accept("conflicts");
    done.add(0, bronze(tables, found, id));
    step.accept("bronze");
    endJournal();
    return new ErasureReport(id, persons, done, tables.silver().version(), 0, true);
  }

  /**
   * Bronze first: what it says then is what silver's rows are made of, then and whenever they are
   * made again. The persons' other records, copies and refused ones, count nowhere and go as ever.
   */
  private ErasureReport asSomebodyUnknown(
      Replay replay, Found found, String id, PersonIds persons, Erasures.Keeping keeping) {
    ReplayTables tables = replay.tables();
    try (KeptEvents kept =
            KeptEvents.of(tables, tables.cut(), found.places(), id, keeping, erasures.keyOrNew());
        Found others = found.without(kept)) {
      ErasureReport.Table rewritten =
          bronze(
              tables,
              found.only(kept),
              rows -> rows.anonymized(tables.session(), kept, tables.division()),
              id);
      step.accept("rewritten");
      Dataset<Row> rows = kept.rows(found.places());
      List<ErasureReport.Table> done =
          new ArrayList<>(
              silver(
                  tables,
                  found,
                  others,
                  files -> files.with(tables.session(), rows),
                  kept.size(),
                  id));
      releaseConflicts(replay);
      step.accept("conflicts");
      done.add(0, bronze(tables, others, id).with(rewritten));
      step.accept("bronze");
      endJournal();
      erasures.forgetSecret(id);
      step.accept("forgotten");
      return new ErasureReport(id, persons, done, tables.silver().version(), kept.size(), true);
    }
  }

  /** An event may have kept another one of its id and time out of silver. */
  private static void releaseConflicts(Replay replay) {
    try {
      replay.apply(QuarantineRows.isConflict());
    } catch (MedallionException e) {
      // They stay in quarantine then; the person is gone all the same.
      if (e.code() != ErrorCode.LAKE_RECORDS_PRUNED) {
        throw e;
      }
    }
  }

  /** Adds what is not known yet, under the erasure's name. */
  private PersonIds remember(PersonIds asked, String id, Totals totals) {
    if (asked.size() == 0) {
      return asked;
    }
    ReplayTables tables = Replay.of(lake, configuration).tables();
    PersonIds persons = linked(tables, tables.cut(), asked);
    Set<String> entries = new HashSet<>(persons.entries(erasures.keyOrNew()));
    erasures.entries().values().forEach(entries::removeAll);
    if (!entries.isEmpty()) {
      if (totals == Totals.KEPT) {
        erasures.keepTotals(id, persons.byKind());
      }
      erasures.add(id, entries);
    }
    return persons;
  }

  private PersonIds linked(ReplayTables tables, SilverState cut, PersonIds asked) {
    Pseudonyms pseudonyms = tables.contract().pseudonyms();
    Map<String, String> spellings = new HashMap<>();
    asked.byKind().values().stream()
        .flatMap(Set::stream)
        .forEach(id -> pseudonyms.of(id).forEach(pseudonym -> spellings.put(pseudonym, id)));
    return withOriginals(
        tables,
        new LinkedIds(
                tables.session(),
                tables.silver(cut),
                configuration.get(Keys.GOLD_PLACEHOLDER_IDS),
                spellings)
            .of(asked.withPseudonyms(pseudonyms)));
  }

  /**
   * Adds what bronze calls ids that silver knows by pseudonyms, so that they stay out under another
   * key as well.
   */
  private PersonIds withOriginals(ReplayTables tables, PersonIds persons) {
    if (!tables.contract().pseudonyms().isOn()) {
      return persons;
    }
    ReplayTables erasing = tables.without(ids(persons));
    return persons.plus(erasing.knownByPseudonym(erasing.bronzeRows()));
  }

  /** As erased ids are asked for; under a key that nothing remembers. */
  private ErasedIds ids(PersonIds persons) {
    ErasureKey key = ErasureKey.of(ErasureKey.random());
    return ErasedIds.of(
        "plan", key, persons.entries(key), configuration.get(Keys.GOLD_PLACEHOLDER_IDS));
  }

  private static ErasureReport.Table table(ReplayTables tables, ErasedRows rows) {
    return new ErasureReport.Table(
        rows.table().definition().name(),
        rows.days(tables.session()),
        rows.files().size(),
        rows.table().version());
  }

  /**
   * Quarantine's places, silver's rows, quarantine's bytes; as often as files change meanwhile.
   *
   * @param found all of the persons' records
   * @param gone those of them of which nothing stays
   * @param written silver's files with what stays
   * @param kept how many rows stay
   */
  private List<ErasureReport.Table> silver(
      ReplayTables tables,
      Found found,
      Found gone,
      Function<ErasedRows, TableCommit> written,
      long kept,
      String id) {
    while (true) {
      ErasedRows rows = found.in(tables.silver());
      SortedMap<LocalDate, Long> days = rows.days(tables.session());
      TableCommit prepared = rows.files().isEmpty() ? null : written.apply(rows);
      if (prepared != null) {
        requireRows(rows, prepared, days, kept);
      }
      step.accept("prepared");
      List<ErasureReport.Table> done = commit(tables, gone, rows, days, prepared, kept, id);
      if (!done.isEmpty()) {
        return done;
      }
      prepared.discard(prepared.files());
    }
  }

  private static void requireRows(
      ErasedRows rows, TableCommit prepared, SortedMap<LocalDate, Long> days, long kept) {
    long gone = sum(days) - kept;
    if (prepared.rows() + gone != rows.records()) {
      throw new IllegalStateException(
          "%d rows without %d became %d".formatted(rows.records(), gone, prepared.rows()));
    }
  }

  /** Empty if a compaction or backfill took one of the files meanwhile. */
  @SuppressWarnings("try") // The lock is held, not used.
  private List<ErasureReport.Table> commit(
      ReplayTables tables,
      Found found,
      ErasedRows rows,
      SortedMap<LocalDate, Long> days,
      TableCommit prepared,
      long kept,
      String id) {
    try (TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      SilverState cut = tables.cut();
      List<TableFile> all = tables.silver().filesAt(cut.version());
      if (!rows.areIn(all)) {
        return List.of();
      }
      Dataset<Row> quarantine = tables.quarantine(cut);
      Dataset<Row> read =
          found.places().where(col(BronzeColumns.COMMIT_SEQ).leq(cut.position().seq()));
      Dataset<Row> entering = erased(tables, RowPosition.notAmong(read, quarantine));
      Dataset<Row> held = found.in(tables.quarantine()).rows(tables.session());
      Dataset<Row> whole = held.where(QuarantineRows.isErased().unary_$bang());
      Dataset<Row> restated = erased(tables, whole);
      final SortedMap<LocalDate, Long> heldDays = days(whole, BronzeColumns.INGEST_DATE);
      ReplayMetadata metadata = new ReplayMetadata(NAME + "-" + id, replaced(days, found));
      ReplayCommit commit = new ReplayCommit(tables, metadata, step);
      if (found.places().isEmpty() && prepared == null) {
        return done(tables, rows, days, heldDays, cut.version());
      }
      lake.begin(metadata);
      step.accept("begun");
      commit.quarantine(entering);
      TableCommit silver = tables.silver().begin(tables.session());
      if (prepared != null) {
        silver.adopt(prepared.files()).remove(rows.files());
      }
      long version =
          commit.silver(
              silver,
              cut,
              records(all) - sum(days) + kept,
              refused(quarantine, found, read.count()),
              flags(tables, rows, prepared));
      commit.release(restated.limit(0), restated);
      return done(tables, rows, days, heldDays, version);
    }
  }

  private static List<ErasureReport.Table> done(
      ReplayTables tables,
      ErasedRows rows,
      SortedMap<LocalDate, Long> days,
      SortedMap<LocalDate, Long> held,
      long version) {
    return List.of(
        new ErasureReport.Table(TableDefinition.SILVER.name(), days, rows.files().size(), version),
        new ErasureReport.Table(
            TableDefinition.QUARANTINE.name(), held, 0, tables.quarantine().version()));
  }

  private static Dataset<Row> erased(ReplayTables tables, Dataset<Row> records) {
    return QuarantineRows.erased(records, tables.contract(), Instant.now());
  }

  /** What quarantine holds then, by first reason: each erased record's place once. */
  private static Map<String, Long> refused(Dataset<Row> quarantine, Found found, long erased) {
    Map<String, Long> refused =
        new HashMap<>(
            QuarantineRows.byFirstReason(RowPosition.notAmong(quarantine, found.places())));
    refused.merge(ReasonCode.ERASED.name(), erased, Long::sum);
    return refused;
  }

  /** How many rows more bear each flag; negative for fewer. */
  private static Map<String, Long> flags(
      ReplayTables tables, ErasedRows rows, TableCommit prepared) {
    Map<String, Long> flags = new HashMap<>();
    if (prepared != null) {
      count(tables.silver().rows(tables.session(), rows.files()), -1, flags);
      count(tables.silver().rows(tables.session(), prepared.files()), 1, flags);
    }
    return flags;
  }

  private static void count(Dataset<Row> rows, int sign, Map<String, Long> flags) {
    rows.select(explode(col(SilverColumns.FLAGS)).as(SilverColumns.FLAGS))
        .groupBy(SilverColumns.FLAGS)
        .count()
        .collectAsList()
        .forEach(row -> flags.merge(row.getString(0), sign * row.getLong(1), Long::sum));
  }

  /** The event days that gold makes again; if no event goes, one that costs it least. */
  private static SortedSet<LocalDate> replaced(SortedMap<LocalDate, Long> days, Found found) {
    SortedSet<LocalDate> replaced = new TreeSet<>(days.keySet());
    if (replaced.isEmpty()) {
      replaced.addAll(days(found.places().limit(1), BronzeColumns.INGEST_DATE).keySet());
    }
    return replaced;
  }

  private static SortedMap<LocalDate, Long> days(Dataset<Row> rows, String day) {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    rows.groupBy(col(day).cast("string"))
        .count()
        .collectAsList()
        .forEach(row -> days.put(LocalDate.parse(row.getString(0)), row.getLong(1)));
    return days;
  }

  private static long sum(SortedMap<LocalDate, Long> days) {
    return days.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long records(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  /**
   * Empties bronze's rows. For those that follow the table no row changes: what silver has not read
   * yet it refuses, whether it reads the old file or the new one.
   */
  private ErasureReport.Table bronze(ReplayTables tables, Found found, String id) {
    return bronze(tables, found, rows -> rows.emptied(tables.session(), id, tables.division()), id);
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private ErasureReport.Table bronze(
      ReplayTables tables, Found found, Function<ErasedRows, TableCommit> written, String id) {
    LakeTable bronze = tables.bronze();
    while (true) {
      ErasedRows rows = found.in(bronze);
      SortedMap<LocalDate, Long> days = rows.days(tables.session());
      if (rows.files().isEmpty()) {
        return new ErasureReport.Table(bronze.definition().name(), days, 0, bronze.version());
      }
      TableCommit prepared = written.apply(rows);
      if (prepared.rows() != rows.records()) {
        throw new IllegalStateException(
            "%d rows of bronze became %d".formatted(rows.records(), prepared.rows()));
      }
      try (TableLock commits = lake.lockCommits(TableDefinition.BRONZE)) {
        TableCommit commit = bronze.begin(tables.session());
        if (rows.areIn(bronze.filesAt(commit.readVersion()))) {
          long version = commit.replace(rows.files(), prepared).note(NAME + " " + id).commit();
          return new ErasureReport.Table(
              bronze.definition().name(), days, rows.files().size(), version);
        }
      }
      prepared.discard(prepared.files());
    }
  }

  /** Of this erasure and of those cut off: whatever they had left was done. */
  private void endJournal() {
    lake.unfinishedReplays().stream()
        .filter(replay -> replay.id().startsWith(NAME + "-"))
        .forEach(lake::end);
  }

  private static String id() {
    return ID.format(Instant.now());
  }

  /**
   * Where erased persons' records are.
   *
   * @param tables in which
   * @param places each record of theirs that silver or bronze holds something of, without what it
   *     holds; kept
   */
  private record Found(ReplayTables tables, Dataset<Row> places) implements AutoCloseable {

    static Found of(ReplayTables tables, SilverState cut) {
      if (tables.isNobodyErased()) {
        return new Found(
            tables, tables.bronzeRows().limit(0).withColumn(SilverColumns.EVENT_INDEX, lit(0)));
      }
      Dataset<Row> bronze = tables.bronzeRows();
      Dataset<Row> held = tables.toErase(bronze);
      if (tables.keptFrom().toEpochDay() > 0) {
        held = held.unionByName(tables.toErase(tables.keptByQuarantine(cut)));
      }
      Dataset<Row> found = held.persist(StorageLevel.DISK_ONLY());
      // Read by other rules than today's, a row may have had other ids.
      Dataset<Row> elsewhere =
          RowPosition.notAmong(tables.toEraseInSilver(cut), found).select(RowPosition.columns());
      if (elsewhere.isEmpty()) {
        return new Found(tables, found);
      }
      // With the places of those events, which bronze does not know.
      Dataset<Row> records =
          bronze
              .select(TableDefinition.BRONZE.columns())
              .join(elsewhere, RowPosition.recordNames());
      Dataset<Row> all = found.unionByName(records).persist(StorageLevel.DISK_ONLY());
      return new Found(tables, all);
    }

    /** Those that no event is kept of. */
    Found without(KeptEvents kept) {
      return new Found(
          tables, RowPosition.notAmong(places, kept.values()).persist(StorageLevel.DISK_ONLY()));
    }

    /** Those that an event is kept of; not to be closed. */
    Found only(KeptEvents kept) {
      return new Found(tables, RowPosition.among(places, kept.values()));
    }

    /** The files of a table's newest version that hold rows of theirs. */
    ErasedRows in(LakeTable table) {
      return new ErasedRows(
          table, ReplayCommit.filesWith(tables.session(), table, table.version(), places), places);
    }

    List<ErasedRows> everywhere() {
      return List.of(in(tables.bronze()), in(tables.silver()), in(tables.quarantine()));
    }

    @Override
    public void close() {
      places.unpersist();
    }
  }
}
