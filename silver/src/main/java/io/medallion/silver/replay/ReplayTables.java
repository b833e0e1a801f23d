package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.medallion.common.contract.Contract;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.dedup.IdentityRule;
import io.medallion.silver.parse.AnonymizedColumns;
import io.medallion.silver.parse.ParsedBatch;
import io.medallion.silver.parse.SilverTransform;
import io.medallion.silver.source.BronzeRange;
import io.medallion.silver.source.RecordDivision;
import io.medallion.silver.source.RowPosition;
import io.medallion.silver.source.SilverState;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;

/** What a replay reads: the tables as of one cut, and records judged by today's rules. */
final class ReplayTables {
  /**
   * So many days before an event day its records may have been ingested: {@code
   * silver.max-future-skew} is less than one, and clocks differ.
   */
  static final int DAYS_AHEAD = 2;

  private final SilverTransform transform;
  private final Erasures erasures;
  private final BatchProfile mode;
  private final SparkSession session;
  private final long mostRows;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final LongAccumulator parsed;

  /**
   * Those of a lake.
   *
   * @param mode in which the session works
   * @param mostRows how many records are validated at once
   */
  ReplayTables(
      Lake lake,
      SilverTransform transform,
      Erasures erasures,
      BatchProfile mode,
      SparkSession session,
      long mostRows) {
    this.erasures = erasures;
    this.mode = mode;
    this.session = session;
    this.mostRows = mostRows;
    this.bronze = lake.table(TableDefinition.BRONZE).required();
    this.silver = lake.table(transform.silver()).requiredWhole();
    this.transform = transform.dividingAs(silver.state());
    RecordDivision.requireBegun(contract(), silver.state());
    this.quarantine = lake.table(TableDefinition.QUARANTINE).requiredWhole();
    this.parsed = session.sparkContext().longAccumulator("records judged again");
  }

  private ReplayTables(ReplayTables same, SilverTransform transform) {
    this.transform = transform;
    this.erasures = same.erasures;
    this.mode = same.mode;
    this.session = same.session;
    this.mostRows = same.mostRows;
    this.bronze = same.bronze;
    this.silver = same.silver;
    this.quarantine = same.quarantine;
    this.parsed = same.parsed;
  }

  /** How many records were validated so far, those counted twice that were validated twice. */
  long parsedSoFar() {
    return parsed.value();
  }

  /** How many records are validated at once, and so how many memory is meant to hold. */
  long mostRows() {
    return mostRows;
  }

  LakeTable silver() {
    return silver;
  }

  /** The columns of a parsed record. */
  StructType schema() {
    return transform.schema().schema();
  }

  /** Silver's columns, to select them. */
  Column[] columns() {
    return silver.definition().columns();
  }

  /** Which records hold several events. */
  RecordDivision division() {
    return transform.division();
  }

  /** When two records are one event. */
  IdentityRule identity() {
    return transform.identity();
  }

  /** The user's contract. */
  Contract contract() {
    return transform.rules().contract();
  }

  LakeTable quarantine() {
    return quarantine;
  }

  LakeTable bronze() {
    return bronze;
  }

  /** The same tables, with others to be kept out of them. */
  ReplayTables without(ErasedIds persons) {
    return new ReplayTables(this, transform.without(persons));
  }

  /** Who is to be kept out. */
  ErasedIds erased() {
    return transform.erased();
  }

  /** What an event is validated by. */
  EventRules rules() {
    return transform.rules();
  }

  /** How bronze holds what an erasure has left of events. */
  AnonymizedColumns anonymized() {
    return transform.anonymized();
  }

  /** Whether there is nobody to be kept out. */
  boolean isNobodyErased() {
    return transform.erased().isEmpty();
  }

  /** All that bronze holds now. */
  Dataset<Row> bronzeRows() {
    return bronze.rowsAt(session, bronze.version());
  }

  /** Parses rows of quarantine, by bronze's bytes where it may not hold them itself. */
  Dataset<Row> parsedQuarantine(Dataset<Row> quarantined) {
    Dataset<Row> withheld = quarantined.where(col(BronzeColumns.VALUE).isNull());
    if (withheld.isEmpty()) {
      return parsed(quarantined);
    }
    Dataset<Row> records = RowPosition.among(bronzeRows(), withheld);
    return parsed(quarantined.where(col(BronzeColumns.VALUE).isNotNull()))
        .unionByName(RowPosition.among(parsed(records), withheld));
  }

  /** Those of bronze's rows that hold something of erased persons, without what they hold. */
  Dataset<Row> toErase(Dataset<Row> records) {
    return transform.toErase(session, records);
  }

  /** The ids in records that are erased persons' by their pseudonyms. */
  Map<ErasedIds.Kind, Set<String>> knownByPseudonym(Dataset<Row> records) {
    return transform.knownByPseudonym(records);
  }

  /** Positions, and ids, of silver's rows of erased persons. */
  Dataset<Row> toEraseInSilver(SilverState cut) {
    Dataset<Row> rows =
        silver(cut)
            .select(
                RowPosition.columnsAnd(
                    SilverColumns.USER_ID, SilverColumns.ANONYMOUS_ID, SilverColumns.SESSION_ID));
    return transform.ofErased(session, rows);
  }

  /**
   * Makes sure that what was prepared holds nothing of persons who were erased since; the caller
   * holds silver's commit lock.
   *
   * @throws MedallionException if it may
   */
  void requireNobodyErased() {
    if (!erasures.areStill(transform.erased())) {
      throw new MedallionException(
          ErrorCode.ERASURE_MEANWHILE,
          "Persons were erased while this was being prepared; nothing was changed",
          "What was prepared may hold their events.",
          "Run it again.");
    }
  }

  /**
   * Makes sure that no erasure that keeps totals is half done: what it has not made somebody
   * unknown's yet would be taken for gone.
   *
   * @throws MedallionException if one is
   */
  void requireTotalsKept() {
    if (!erasures.keepingTotals().isEmpty()) {
      throw new MedallionException(
          ErrorCode.ERASURE_MEANWHILE,
          "An erasure that keeps totals is at work, or was cut off; nothing was changed",
          "What it is to keep would be taken out.",
          "Run `medallion erase --apply`, which finishes it, and then this again.");
    }
  }

  SparkSession session() {
    return session;
  }

  /** Silver as it stands now. */
  SilverState cut() {
    return SilverState.of(silver, bronze.id());
  }

  /**
   * Bronze's records that silver has read by a cut and may be events of some days.
   *
   * @param version of bronze, the newest where empty
   * @param ingestedFrom the first day on which they came
   * @param after the sequence number of the last commit that is not looked at
   */
  BronzeRange range(OptionalLong version, LocalDate ingestedFrom, long after, SilverState cut) {
    // What is emptied could only take from the tables what was made of it.
    LocalDate from = ingestedFrom.isBefore(keptFrom()) ? keptFrom() : ingestedFrom;
    return BronzeRange.of(
        bronze, version.orElseGet(bronze::version), from, after, cut.position().seq());
  }

  /** The first day of arrival whose records bronze has not emptied. */
  LocalDate keptFrom() {
    return bronze.state().keptFrom();
  }

  /** Those of some event days with a row of silver whose record bronze has emptied. */
  SortedSet<LocalDate> emptied(SortedSet<LocalDate> days, SilverState cut) {
    SortedSet<LocalDate> emptied = new TreeSet<>();
    if (keptFrom().toEpochDay() > 0) {
      silver(cut)
          .where(onDays(days).and(col(SilverColumns.INGESTED_AT).lt(lit(keptFromTime()))))
          .select(col(SilverColumns.EVENT_DATE).cast("string"))
          .distinct()
          .collectAsList()
          .forEach(row -> emptied.add(LocalDate.parse(row.getString(0))));
    }
    return emptied;
  }

  private Instant keptFromTime() {
    return keptFrom().atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /**
   * Makes sure that bronze still has what silver's rows of some event days were made of.
   *
   * @throws MedallionException if not
   */
  void requireKept(SortedSet<LocalDate> days, SilverState cut) {
    SortedSet<LocalDate> emptied = emptied(days, cut);
    if (!emptied.isEmpty()) {
      throw new MedallionException(
          ErrorCode.LAKE_RECORDS_PRUNED,
          "Of %d event days, from %s to %s, bronze has not all records any more"
              .formatted(emptied.size(), emptied.first(), emptied.last()),
          "bronze.retention has emptied records that came before %s, and rows of silver would be lost."
              .formatted(keptFrom()),
          "Name other days; these stay as they are.");
    }
  }

  /** Rows of quarantine that hold more than bronze, which has emptied their records. */
  Dataset<Row> keptByQuarantine(SilverState cut) {
    return quarantine(cut)
        .where(
            col(BronzeColumns.INGEST_DATE)
                .lt(lit(keptFrom().toString()).cast("date"))
                .and(col(BronzeColumns.VALUE).isNotNull().or(col(BronzeColumns.KEY).isNotNull())));
  }

  /** Parts of a range, in the order of its commits, each as large as what is validated at once. */
  List<BronzeRange> cut(BronzeRange range) {
    return range.cut(mostRows, this::rowsByCommit);
  }

  private SortedMap<Long, Long> rowsByCommit(BronzeRange range) {
    SortedMap<Long, Long> rows = new TreeMap<>();
    records(range)
        .groupBy(BronzeColumns.COMMIT_SEQ)
        .count()
        .collectAsList()
        .forEach(row -> rows.put(row.getLong(0), row.getLong(1)));
    return rows;
  }

  /** The records of a range, as bronze has them. */
  Dataset<Row> records(BronzeRange range) {
    return range.records(bronze, session);
  }

  Dataset<Row> silver(SilverState cut) {
    return silver.rowsAt(session, cut.version());
  }

  /** Quarantine cut where silver stands: what lies beyond belongs to a batch that is not done. */
  Dataset<Row> quarantine(SilverState cut) {
    return quarantine
        .rowsAt(session, quarantine.version())
        .where(col(BronzeColumns.COMMIT_SEQ).leq(cut.position().seq()));
  }

  /** The records of a range judged by today's rules, kept; the caller closes it. */
  ParsedBatch parsed(BronzeRange range) {
    ParsedBatch chunk = ParsedBatch.of(transform, records(range), session, mode);
    parsed.add(chunk.records());
    return chunk;
  }

  /** Records judged by today's rules, with every column; computed again each time it is read. */
  Dataset<Row> parsed(Dataset<Row> records) {
    LongAccumulator count = parsed;
    JavaRDD<InternalRow> counted =
        transform
            .apply(records)
            .map(
                row -> {
                  count.add(1);
                  return row;
                });
    return InternalRowDatasets.dataset(session, counted, schema());
  }

  static Column onDays(SortedSet<LocalDate> days) {
    return col(SilverColumns.EVENT_DATE).isin(days.toArray());
  }
}
