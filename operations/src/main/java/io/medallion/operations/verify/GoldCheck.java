package io.medallion.operations.verify;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.UtcDay;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.define.MartQuery;
import io.medallion.gold.define.TimeKey;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.Rollup;
import io.medallion.gold.mart.SilverDays;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.gold.read.GoldSnapshot;
import io.medallion.gold.read.GoldSnapshot.Definition;
import io.medallion.gold.read.MartCatalog;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.VerifyReport.Check;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * Each table of gold equals what silver says at the ledger's version, computed again in one batch,
 * row by row and column by column.
 */
final class GoldCheck implements AutoCloseable {
  static final String LEDGER = "the ledger counts silver's rows";
  static final String SOURCE = "gold was made from this silver table";

  private static final String IDENTITIES = "identities";

  /** What is read of silver for every declared mart of people. */
  private static final List<String> READ_OF_ALL =
      List.of(
          SilverColumns.EVENT_TIME,
          SilverColumns.EVENT_DATE,
          SilverColumns.LOCAL_DATE,
          SilverColumns.SITE,
          SilverColumns.VISITOR,
          SilverColumns.USER_ID,
          "anonymous_id",
          "session_id",
          SilverColumns.IS_BOT,
          SilverColumns.KAFKA_TIMESTAMP);

  private final Lake lake;
  private final Configuration configuration;
  private final EventDays days;
  private final DataFiles files;
  private final RowDigest.Seeds seeds = RowDigest.Seeds.random();
  private GoldSnapshot image;
  private DeclaredMarts declared;
  private GoldRecordsCheck records;
  private Map<String, Definition> definitions;

  /** What of gold need not be computed again as long as its rows are the same; null for none. */
  private Proof.Gold proven;

  private boolean heldAsProven;
  private boolean isCompared;

  /** Null if every event counts for silver's own visitor. */
  private People people;

  GoldCheck(Lake lake, Configuration configuration, EventDays days, DataFiles files) {
    this.files = files;
    this.lake = lake;
    this.configuration = configuration;
    this.days = days;
  }

  /** Fixes gold at one moment, or says why not. */
  void open(Findings findings) {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      findings.omit("gold: postgres.url is not set");
      return;
    }
    try {
      image = GoldSnapshot.take(configuration).orElse(null);
      declared = declared(lake, configuration);
      declared.refused().forEach(refused -> findings.note("This mart is not kept: %s", refused));
      if (image == null) {
        List<String> left = GoldSnapshot.withoutLedger(configuration);
        if (left.isEmpty()) {
          findings.omit("gold: %s", notYet());
        } else {
          findings.add(
              "gold",
              LEDGER,
              1,
              List.of(
                  "gold.ledger has no row, although there are rows in %s; gold would merge all of silver once more: `gold --rebuild`"
                      .formatted(String.join(", ", left))));
        }
        return;
      }
      records = new GoldRecordsCheck(image, declared, configuration);
      definitions = records.definitions();
      if (image.position().retainedFrom() != null) {
        findings.note(
            "Gold keeps rows of less than a day from %s on: %,d rows of silver are beyond retention",
            Instant.EPOCH.plus(image.position().retainedFrom(), ChronoUnit.MICROS),
            image.position().beyondRetention());
      }
    } catch (MedallionException e) {
      findings.omit("gold: %s (%s)", e.problem(), e.reason());
    }
  }

  private String notYet() {
    try (GoldReader gold = GoldReader.of(configuration)) {
      return gold.ledger()
          .flatMap(GoldLedger::filling)
          .map(
              filling ->
                  "it is not complete yet, %,d of %,d files of version %d of silver are in it"
                      .formatted(filling.merged(), filling.files(), filling.version()))
          .orElse("it has merged nothing yet");
    }
  }

  /** The version of silver that gold had merged; null if it was not looked at. */
  Long version() {
    return image == null ? null : image.position().silverVersion();
  }

  /** To be called where silver has the very rows that gold was proven to be made from. */
  void asProven(Proof.Gold gold) {
    proven = gold;
  }

  /** The checks of which nothing was computed again, as both sides are as they were proven. */
  List<String> checksAsProven() {
    return heldAsProven
        ? Stream.concat(Stream.of(LEDGER), madeTables().stream().map(RowComparison::name)).toList()
        : List.of();
  }

  /** How many rows of gold are those that were proven. */
  long rowsAsProven() {
    return heldAsProven ? proven.rows() : 0;
  }

  /** What tells gold's rows next time, now that all of them are proven; empty if they are not. */
  Optional<Proof.Gold> proof() {
    if (heldAsProven) {
      return Optional.of(proven);
    }
    if (!isCompared) {
      return Optional.empty();
    }
    RowDigest.Seeds own = RowDigest.Seeds.random();
    Map<String, RowDigest> digests = new TreeMap<>();
    madeTables().forEach(table -> digests.put(table.name(), digest(own, table)));
    return Optional.of(new Proof.Gold(image.position(), texts(), own, digests));
  }

  private boolean isAsProven() {
    return proven != null
        && proven.isAt(image.position())
        && proven.definitions().equals(texts())
        && proven
            .digests()
            .keySet()
            .equals(madeTables().stream().map(MartTable::name).collect(Collectors.toSet()))
        && madeTables().stream()
            .allMatch(
                table -> digest(proven.seeds(), table).equals(proven.digests().get(table.name())));
  }

  private RowDigest digest(RowDigest.Seeds own, MartTable table) {
    try (GoldSnapshot.Rows rows = image.rows(table.name(), table.columns(), 0, null)) {
      return own.of(rows.bytes());
    }
  }

  /** The tables of marts that gold has, with what their rows are made by. */
  private List<MartTable> madeTables() {
    return tables().stream().filter(table -> definitions.containsKey(table.mart())).toList();
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    definitions.forEach((mart, definition) -> texts.put(mart, definition.text()));
    return texts;
  }

  void prove(SparkSession session, Findings findings) {
    if (image == null) {
      return;
    }
    LakeTable silver = lake.table(TableDefinition.SILVER);
    GoldSnapshot.Position position = image.position();
    boolean known =
        position.silverTable().equals(silver.id()) && position.silverVersion() <= silver.version();
    if (!known) {
      findings.add(
          new Check(
              "gold",
              SOURCE,
              1,
              1,
              List.of(
                  "gold has merged version %d of table %s, silver is version %d of table %s"
                      .formatted(
                          position.silverVersion(),
                          position.silverTable(),
                          silver.version(),
                          silver.id()))));
      return;
    }
    records.marts(findings);
    records.status(silver.stateAt(position.silverVersion()), findings);
    records.views(findings);
    heldAsProven = isAsProven();
    if (heldAsProven) {
      findings.add("gold", LEDGER, 1, List.of());
      records.retention(position.newestEvent(), findings);
      madeTables()
          .forEach(
              table ->
                  findings.add(
                      new Check(
                          "gold",
                          RowComparison.name(table),
                          proven.digests().get(table.name()).rows(),
                          0,
                          List.of())));
      return;
    }
    Dataset<Row> rows = files.rowsAt(silver, session, position.silverVersion());
    List<Dataset<Row>> kept = new ArrayList<>();
    try {
      if (definitions.containsKey(IDENTITIES)) {
        List<String> placeholders = configuration.get(Keys.GOLD_PLACEHOLDER_IDS);
        people = People.ofIds(persisted(People.ids(rows, placeholders), kept), placeholders);
        persisted(people.links(), kept).createOrReplaceTempView("people");
        // Made before they are joined, so that Spark knows how few they may be: then they are sent
        // to all tasks, and silver's rows stay where they are.
        people.links().count();
        rows = people.resolved(rows);
      }
      classes(session, persisted(GoldEvents.of(session, rows, ""), kept), findings);
      // All but the links have served.
      kept.stream()
          .filter(dataset -> people == null || dataset != people.links())
          .forEach(Dataset::unpersist);
      declared(session, findings);
      rollups(findings);
      isCompared = true;
    } finally {
      kept.forEach(Dataset::unpersist);
    }
  }

  /** The tables of marts that are classes. */
  private void classes(SparkSession session, Dataset<Row> events, Findings findings) {
    Definition counted = definitions.get(SilverDays.NAME);
    if (days.isAll() && counted != null) {
      population(events, counted);
      ledger(session, findings);
    }
    String mart = "";
    for (MartTable table : MartTable.ALL) {
      Definition definition = definitions.get(table.mart());
      if (definition != null && (days.isAll() || !table.isOfAllDays())) {
        if (!mart.equals(table.mart())) {
          population(events, definition);
          mart = table.mart();
        }
        findings.add(table(session, table));
      }
    }
  }

  /** What memory has no room for goes to Spark's local disks. */
  private static Dataset<Row> persisted(Dataset<Row> rows, List<Dataset<Row>> kept) {
    kept.add(rows.persist(StorageLevel.MEMORY_AND_DISK()));
    return rows;
  }

  /** The marts that files declare now, without those that gold has set aside. */
  static DeclaredMarts declared(Lake lake, Configuration configuration) {
    return DeclaredMarts.load(
            lake.session(), lake.table(TableDefinition.SILVER).schema(), configuration)
        .without(
            MartCatalog.read(configuration).map(MartCatalog::refused).orElse(List.of()).stream()
                .filter(MartRefusal::failed)
                .toList());
  }

  private List<MartDefinition> kept() {
    return kept(declared, definitions, configuration);
  }

  /** Those whose rows are made by the definition that their file has. */
  static List<MartDefinition> kept(
      DeclaredMarts declared, Map<String, Definition> definitions, Configuration configuration) {
    GoldSettings settings = GoldSettings.from(configuration);
    return declared.definitions().stream()
        .filter(
            mart -> {
              Definition made = definitions.get(mart.name());
              return made != null && made.text().endsWith(select(mart.definition(settings)));
            })
        .toList();
  }

  /** What of a definition comes from the file. */
  private static String select(String definition) {
    return definition.substring(definition.lastIndexOf(' '));
  }

  /** The declared marts' tables, and those of their distinct values, by their own SELECTs. */
  private void declared(SparkSession session, Findings findings) {
    MartQuery query = new MartQuery(session);
    Dataset<Row> rows =
        files.rowsAt(
            lake.table(TableDefinition.SILVER), query.session(), image.position().silverVersion());
    List<MartDefinition> marts = kept();
    Dataset<Row> ofPeople = null;
    List<Dataset<Row>> kept = new ArrayList<>();
    if (people != null) {
      Column[] read =
          Stream.concat(
                  READ_OF_ALL.stream(),
                  marts.stream()
                      .filter(mart -> definitions.get(mart.name()).stitched())
                      .flatMap(mart -> mart.reads().stream()))
              .distinct()
              .map(functions::col)
              .toArray(Column[]::new);
      ofPeople = persisted(people.resolved(rows.select(read)), kept);
    }
    try {
      for (MartDefinition mart : marts) {
        boolean stitched = definitions.get(mart.name()).stitched() && people != null;
        declared(query, mart, stitched ? ofPeople : rows, findings);
      }
    } finally {
      kept.forEach(Dataset::unpersist);
    }
  }

  private void declared(
      MartQuery query, MartDefinition mart, Dataset<Row> rows, Findings findings) {
    TimeRange within = mart.start().isPresent() ? within(mart.isKept()) : null;
    Dataset<Row> silver = counted(rows, definitions.get(mart.name()));
    // Sessions reach beyond the days looked at.
    Optional<TimeRange> reads =
        within == null || mart.time().kind() == TimeKey.Kind.SESSION
            ? Optional.empty()
            : MartQuery.around(mart, within);
    if (reads.isPresent() && !days.isAll()) {
      silver =
          silver.where(
              "event_date >= date'%s' and event_date <= date'%s'"
                  .formatted(day(reads.get().since()), day(reads.get().until())));
    }
    MartTable table = MartTable.of(mart);
    findings.add(compared(table, query.rows(mart, silver), mart.keyFirst(), within));
    for (String set : MartQuery.sets(mart)) {
      if (days.isAll()) {
        findings.add(
            compared(
                MartTable.ofSet(mart, set),
                query.setRows(mart, set, silver),
                MartQuery.setColumns(mart),
                keptSets(mart)));
      }
    }
  }

  /** The buckets whose sets are kept; null for all. */
  private TimeRange keptSets(MartDefinition mart) {
    Long from = mart.isKept() ? null : image.position().userSetsRetainedFrom();
    return from == null ? null : new TimeRange(from - MartQuery.bucket(mart) + 1, EventDays.END);
  }

  private static LocalDate day(long micros) {
    return LocalDate.ofEpochDay(
        Math.max(EventDays.FIRST_DAY, Math.min(EventDays.LAST_DAY, UtcDay.of(micros))));
  }

  /** The rows of silver that a mart counts. */
  static Dataset<Row> counted(Dataset<Row> silver, Definition definition) {
    return MartQuery.counted(silver, definition.countsBots(), definition.latenessMicros());
  }

  private Check compared(
      MartTable table,
      Dataset<Row> computed,
      List<MartDefinition.Output> columns,
      TimeRange within) {
    Dataset<Row> rows = within == null ? computed : computed.where(table.withinTimes(within));
    return compared(
        table, rows, columns.stream().map(MartQuery::text).toArray(Column[]::new), within);
  }

  /** The tables and columns that are there and that {@link #prove} compares nothing of. */
  List<String> unchecked() {
    if (image == null) {
      return List.of();
    }
    List<String> unchecked = new ArrayList<>();
    image
        .columns()
        .forEach(
            (name, columns) -> {
              MartTable table =
                  tables().stream().filter(t -> t.name().equals(name)).findFirst().orElse(null);
              if (table == null || isLeftOver(table)) {
                unchecked.add("gold." + name);
              } else {
                columns.stream()
                    .filter(column -> !table.has(column))
                    .forEach(column -> unchecked.add("gold.%s.%s".formatted(name, column)));
              }
            });
    return unchecked;
  }

  private List<MartTable> tables() {
    List<MartTable> tables = new ArrayList<>(MartTable.ALL);
    Rollup.ALL.forEach(rollup -> tables.add(MartTable.of(rollup)));
    for (MartDefinition mart : kept()) {
      tables.add(MartTable.of(mart));
      MartQuery.sets(mart).forEach(set -> tables.add(MartTable.ofSet(mart, set)));
    }
    return tables;
  }

  /** Whether it has rows of a mart that is switched off. */
  private boolean isLeftOver(MartTable table) {
    if (definitions.containsKey(table.mart())) {
      return false;
    }
    try (GoldSnapshot.Rows rows = image.rows(table.name(), table.columns(), table.keys(), null)) {
      return rows.hasNext();
    }
  }

  /** What counts by a mart's definition, in the days looked at and in all others. */
  private void population(Dataset<Row> events, Definition definition) {
    LocalDate[] bounds = days.bounds();
    // Windows of five minutes that begin on the last day hold events of the next, and a site's day
    // those of the days of UTC beside it.
    Dataset<Row> near =
        days.isAll()
            ? events
            : events.where(
                "day >= date'%s' and day <= date'%s'".formatted(bounds[0].minusDays(1), bounds[1]));
    GoldEvents.counted(near, definition);
  }

  private void ledger(SparkSession session, Findings findings) {
    GoldSnapshot.Position position = image.position();
    Row counts = session.sql(SqlResource.of("ledger")).head();
    String silver =
        "%d rows, %d bots, %d dropped as late, newest %s"
            .formatted(counts.getLong(0), counts.getLong(1), counts.getLong(2), counts.get(3));
    String gold =
        "%d rows, %d bots, %d dropped as late, newest %s"
            .formatted(
                position.rows(), position.bots(), position.lateDropped(), position.newestEvent());
    findings.add(
        "gold",
        LEDGER,
        1,
        silver.equals(gold) ? List.of() : List.of("gold: " + gold + "; silver: " + silver));
    records.retention(counts.isNullAt(3) ? null : counts.getLong(3), findings);
  }

  /** Each rollup is what its SELECT makes of its mart's table, which silver has been asked of. */
  private void rollups(Findings findings) {
    for (Rollup rollup : Rollup.ALL) {
      if (definitions.containsKey(rollup.mart())) {
        MartTable table = MartTable.of(rollup);
        TimeRange within = within(rollup.time() == null);
        findings.add(compared(table, rollup, within));
      }
    }
  }

  private Check compared(MartTable table, Rollup rollup, TimeRange within) {
    RowDigest made;
    try (GoldSnapshot.Rows rows = image.rolledUp(rollup, table.columns(), 0, within);
        GoldSnapshot.Rows gold = image.rows(table.name(), table.columns(), 0, within)) {
      made = seeds.of(rows.bytes());
      if (seeds.of(gold.bytes()).equals(made)) {
        return new Check("gold", RowComparison.name(table), made.rows(), 0, List.of());
      }
    }
    try (GoldSnapshot.Rows rows = image.rolledUp(rollup, table.columns(), table.keys(), within);
        GoldSnapshot.Rows gold = image.rows(table.name(), table.columns(), table.keys(), within)) {
      RowComparison comparison = new RowComparison(table);
      comparison.run(rows, gold);
      return comparison.check();
    }
  }

  private Check table(SparkSession session, MartTable table) {
    TimeRange within = within(table.retainedFrom(image.position()) == null);
    Dataset<Row> computed = session.sql(SqlResource.of(table.name()));
    Dataset<Row> rows = within == null ? computed : computed.where(table.within(within));
    return compared(table, rows, table.texts(), within);
  }

  /** In no order first, and only if that differs in the order of the key, side by side. */
  private Check compared(MartTable table, Dataset<Row> rows, Column[] texts, TimeRange within) {
    if (table.isExact()) {
      RowDigest silver = seeds.of(rows.select(functions.array(texts)));
      try (GoldSnapshot.Rows gold = image.rows(table.name(), table.columns(), 0, within)) {
        if (seeds.of(gold.bytes()).equals(silver)) {
          return new Check("gold", RowComparison.name(table), silver.rows(), 0, List.of());
        }
      }
    }
    // Sorting looks at all of it first, to see into how many parts it falls.
    Dataset<Row> once = rows.persist(StorageLevel.MEMORY_AND_DISK());
    try (GoldSnapshot.Rows gold = image.rows(table.name(), table.columns(), table.keys(), within)) {
      RowComparison comparison = new RowComparison(table);
      Iterator<Row> silver =
          once.orderBy(table.keyColumns())
              .select(functions.array(texts).as("texts"))
              .toLocalIterator();
      comparison.run(texts(silver), gold);
      return comparison.check();
    } finally {
      once.unpersist();
    }
  }

  private static Iterator<String[]> texts(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public String[] next() {
        return rows.next().<String>getList(0).toArray(String[]::new);
      }
    };
  }

  /**
   * The times of the rows that are compared; null for all.
   *
   * @param kept whether all rows are kept, whatever gold.retention is
   */
  private TimeRange within(boolean kept) {
    TimeRange asked = days.range();
    Long from = kept ? null : image.position().retainedFrom();
    if (from == null) {
      return asked;
    }
    return asked == null
        ? new TimeRange(from, EventDays.END)
        : new TimeRange(Math.max(from, asked.since()), asked.until());
  }

  @Override
  public void close() {
    if (image != null) {
      image.close();
    }
  }
}
