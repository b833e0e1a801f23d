package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.lit;

import io.medallion.common.contract.Contract;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.operations.verify.Facts.Fact;
import io.medallion.silver.parse.QuarantineRows;
import io.medallion.silver.parse.SilverTransform;
import io.medallion.silver.replay.diff.HashedRows;
import io.medallion.silver.source.RowPosition;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The {@link Facts} of silver's and quarantine's rows, and of what bronze's records make by today's
 * rules.
 */
final class TableFacts {
  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final StructType QUARANTINE = TableDefinition.QUARANTINE.schema();
  private static final List<String> RECORD =
      ComparedColumns.RECORD.stream().map(TableFacts::ofRecord).toList();
  private static final List<String> BYTES =
      ComparedColumns.BYTES.stream().map(TableFacts::ofRecord).toList();

  /** Clocks of machines differ. */
  private static final long AHEAD_MICROS = 60_000_000;

  private final SparkSession session;
  private final Tables tables;
  private final SilverTransform transform;
  private final EventDays days;
  private final Places places;
  private final Versions versions;

  /**
   * The versions of the contract by which rows are derived again.
   *
   * @param today null for none
   * @param previous the same by the previous key; the empty text if there is none
   */
  private record Versions(String today, String previous) implements Serializable {
    boolean isToday(String version) {
      return Objects.equals(version, today);
    }

    boolean isPrevious(String version) {
      return previous.equals(version);
    }
  }

  TableFacts(
      SparkSession session,
      Tables tables,
      SilverTransform transform,
      EventDays days,
      Places places) {
    this.session = session;
    this.tables = tables;
    this.transform = transform;
    this.days = days;
    this.places = places;
    this.versions =
        new Versions(
            transform.rules().contract().version(),
            byPreviousKey().map(before -> before.rules().contract().version()).orElse(""));
  }

  private Optional<SilverTransform> byPreviousKey() {
    return transform.rules().contract().pseudonyms().previous().map(transform::by);
  }

  /** All of them, with the columns of {@link Facts}. */
  Dataset<Row> all() {
    JavaRDD<InternalRow> facts = ofBronze(tables.bronzeRead(session));
    if (byPreviousKey().isPresent()) {
      facts = facts.union(ofBronze(byPreviousKey().get(), tables.bronzeRead(session)));
    }
    Dataset<Row> beyond = tables.quarantineBeyond(session);
    if (!beyond.isEmpty()) {
      facts =
          facts.union(
              ofBronze(
                  RowPosition.among(tables.bronze(session), beyond)
                      .where("%s > %d".formatted(BronzeColumns.COMMIT_SEQ, tables.seq()))));
    }
    return InternalRowDatasets.dataset(
        session, facts.union(ofSilver()).union(ofQuarantine()), Facts.schema());
  }

  /**
   * Silver's rows of the days. A table of an earlier program or contract reads null where it lacks
   * a column.
   */
  Dataset<Row> silver() {
    Dataset<Row> silver = withAllColumns(tables.silver(session));
    return days.isAll() ? silver : silver.where(days.condition(SilverColumns.EVENT_DATE));
  }

  /** Those that are proven already. */
  Dataset<Row> silverProven() {
    return withAllColumns(tables.silverProven(session));
  }

  private Dataset<Row> withAllColumns(Dataset<Row> silver) {
    List<String> there = Arrays.asList(silver.columns());
    for (StructField field : transform.silver().schema().fields()) {
      if (!there.contains(field.name())) {
        silver = silver.withColumn(field.name(), lit(null).cast(field.dataType()));
      }
    }
    return silver;
  }

  private JavaRDD<InternalRow> ofSilver() {
    StructType schema = transform.silver().schema();
    List<List<String>> groups =
        List.of(
            ComparedColumns.content(schema),
            ComparedColumns.LINEAGE,
            ComparedColumns.LOCATION,
            ComparedColumns.NETWORK);
    Places at = places;
    Versions known = versions;
    return new HashedRows(schema, groups)
        .of(
            silver().select(transform.silver().columns()),
            (row, content, place) -> {
              boolean isPrevious = known.isPrevious(contract(row, SILVER));
              return at(at, row, SILVER, Fact.IN_SILVER)
                  .set(Bit.OTHER_RULES, !isKnown(row, known))
                  .set(Bit.PREVIOUS_KEY, isPrevious)
                  .set(isPrevious ? Fact.CONTENT_BY_PREVIOUS : Fact.CONTENT, content.of(0, place))
                  .set(Fact.LINEAGE, content.of(1, place))
                  .set(Fact.LOCATION, content.of(2, place))
                  .set(Fact.DATABASE, build(row, SilverColumns.GEOIP_DB_BUILD))
                  .set(Fact.NETWORK, content.of(3, place))
                  .set(Fact.NETWORK_DATABASE, build(row, SilverColumns.ASN_DB_BUILD))
                  .row();
            });
  }

  /** What records would be by other pseudonyms, and no more. */
  private JavaRDD<InternalRow> ofBronze(SilverTransform other, Dataset<Row> bronze) {
    StructType schema = other.besideSchema();
    int reasons = schema.fieldIndex(QuarantineColumns.REASONS);
    Places at = places;
    return new HashedRows(schema, List.of(ComparedColumns.content(other.silver().schema())))
        .of(
            derived(other, bronze),
            (row, content, place) -> {
              boolean isEvent = row.isNullAt(reasons);
              return at(at, row, SILVER)
                  .set(Fact.CONTENT_BY_PREVIOUS, isEvent ? content.of(0, place) : 0)
                  .row();
            });
  }

  /** Records that are events of the days, parsed. */
  private JavaRDD<InternalRow> derived(SilverTransform by, Dataset<Row> bronze) {
    Dataset<Row> arrived =
        days.isAll() ? bronze : bronze.where(days.conditionOnArrival(BronzeColumns.INGEST_DATE));
    int date = by.silver().schema().length() - 1;
    int reasons = by.besideSchema().fieldIndex(QuarantineColumns.REASONS);
    boolean all = days.isAll();
    long first = days.bounds()[0].toEpochDay();
    long end = days.bounds()[1].toEpochDay();
    return by.applyBeside(arrived)
        .filter(
            row ->
                all
                    || (!row.isNullAt(date) && row.getInt(date) >= first && row.getInt(date) < end)
                    // Nobody knows whether it was an event of these days.
                    || (!row.isNullAt(reasons) && QuarantineRows.isPruned(row.getArray(reasons))));
  }

  /** What records make: those that are events of the days. */
  private JavaRDD<InternalRow> ofBronze(Dataset<Row> bronze) {
    StructType schema = transform.besideSchema();
    int reasons = schema.fieldIndex(QuarantineColumns.REASONS);
    long read = tables.seq();
    Places at = places;
    List<List<String>> groups =
        List.of(
            ComparedColumns.content(transform.silver().schema()),
            ComparedColumns.LINEAGE,
            ComparedColumns.LOCATION,
            RECORD,
            List.of(QuarantineColumns.REASONS),
            BYTES,
            ComparedColumns.NETWORK);
    return new HashedRows(schema, groups)
        .of(
            derived(transform, bronze),
            (row, content, place) -> {
              boolean isEvent = row.isNullAt(reasons);
              boolean isPruned = !isEvent && QuarantineRows.isPruned(row.getArray(reasons));
              long seq = row.getLong(index(SILVER, SilverColumns.COMMIT_SEQ));
              Facts facts =
                  at(at, row, SILVER, Fact.IN_BRONZE)
                      .set(Bit.IS_EVENT, isEvent)
                      .set(Bit.BEYOND, seq > read)
                      .set(Bit.PRUNED, isPruned)
                      .set(Fact.COMMIT_SEQ, seq)
                      .set(Fact.RECORD, content.of(3, place))
                      .set(Fact.BYTES, content.of(5, place));
              return isEvent
                  ? facts
                      .set(Fact.CONTENT, content.of(0, place))
                      .set(Fact.LINEAGE, content.of(1, place))
                      .set(Fact.LOCATION, content.of(2, place))
                      .set(Fact.DATABASE, build(row, SilverColumns.GEOIP_DB_BUILD))
                      .set(Fact.NETWORK, content.of(6, place))
                      .set(Fact.NETWORK_DATABASE, build(row, SilverColumns.ASN_DB_BUILD))
                      .set(
                          Fact.ID,
                          Facts.id(row.getUTF8String(index(SILVER, SilverColumns.EVENT_ID))))
                      .set(Fact.MICROS, row.getLong(index(SILVER, SilverColumns.EVENT_TIME)))
                      .set(Fact.FINGERPRINT, row.getLong(index(SILVER, SilverColumns.FINGERPRINT)))
                      .row()
                  : facts
                      .set(Fact.REASONS, content.of(4, place))
                      .set(Fact.LINEAGE, isPruned ? content.of(1, place) : 0)
                      .row();
            });
  }

  private JavaRDD<InternalRow> ofQuarantine() {
    StructType named = new StructType();
    for (StructField field : QUARANTINE.fields()) {
      boolean isOfRecord =
          ComparedColumns.RECORD.contains(field.name())
              || ComparedColumns.BYTES.contains(field.name());
      named = named.add(isOfRecord ? ofRecord(field.name()) : field.name(), field.dataType());
    }
    Places at = places;
    String today = versions.today();
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()) + AHEAD_MICROS;
    return new HashedRows(named, List.of(RECORD, List.of(QuarantineColumns.REASONS), BYTES))
        .of(
            tables.quarantine(session).select(TableDefinition.QUARANTINE.columns()),
            (row, content, place) -> {
              long quarantinedAt = row.getLong(index(QUARANTINE, QuarantineColumns.QUARANTINED_AT));
              boolean isConflict =
                  QuarantineRows.isConflict(
                      row.getArray(index(QUARANTINE, QuarantineColumns.REASONS)));
              return at(at, row, QUARANTINE, Fact.IN_QUARANTINE)
                  .set(Bit.OTHER_REFUSAL, !isRefusedAsToday(row, today))
                  .set(Bit.CONFLICT, isConflict)
                  .set(Bit.HAS_BYTES, hasBytes(row))
                  .set(
                      Bit.WRONG_TIME,
                      quarantinedAt < row.getLong(index(QUARANTINE, BronzeColumns.INGESTED_AT))
                          || quarantinedAt > now)
                  .set(Fact.RECORD, content.of(0, place))
                  .set(Fact.BYTES, content.of(2, place))
                  .set(Fact.REASONS, isConflict ? 0 : content.of(1, place))
                  .row();
            });
  }

  private static boolean hasBytes(InternalRow row) {
    return !row.isNullAt(index(QUARANTINE, BronzeColumns.KEY))
        || !row.isNullAt(index(QUARANTINE, BronzeColumns.VALUE))
        || !row.isNullAt(index(QUARANTINE, BronzeColumns.HEADERS));
  }

  private static String ofRecord(String column) {
    return SilverTransform.RECORD + column;
  }

  private static Facts at(Places places, InternalRow row, StructType schema, Fact table) {
    return at(places, row, schema).set(table, 1);
  }

  private static Facts at(Places places, InternalRow row, StructType schema) {
    int part = index(schema, SilverColumns.EVENT_INDEX);
    return new Facts()
        .set(
            Fact.PLACE,
            places.place(
                row.getInt(index(schema, SilverColumns.SOURCE_EPOCH)),
                row.getUTF8String(index(schema, SilverColumns.TOPIC)),
                row.getInt(index(schema, SilverColumns.PARTITION))))
        .set(
            Fact.OFFSET,
            Places.inPartition(
                row.getLong(index(schema, SilverColumns.OFFSET)),
                row.isNullAt(part) ? 0 : row.getInt(part)));
  }

  /** Whether a row was made by rules that it can be derived by again. */
  private static boolean isKnown(InternalRow row, Versions known) {
    String version = contract(row, SILVER);
    return isByTodaysRules(row, SILVER) && (known.isToday(version) || known.isPrevious(version));
  }

  private static boolean isRefusedAsToday(InternalRow row, String today) {
    return isByTodaysRules(row, QUARANTINE)
        && Contract.refuseAlike(contract(row, QUARANTINE), today);
  }

  private static boolean isByTodaysRules(InternalRow row, StructType schema) {
    return row.getInt(index(schema, SilverColumns.RULES_VERSION)) == EventRules.RULES_VERSION;
  }

  private static String contract(InternalRow row, StructType schema) {
    int version = index(schema, SilverColumns.CONTRACT_VERSION);
    return row.isNullAt(version) ? null : row.getUTF8String(version).toString();
  }

  /** When a database was built that an address was looked up in; -1 if there was none. */
  private static long build(InternalRow row, String column) {
    int build = index(SILVER, column);
    return row.isNullAt(build) ? -1 : row.getLong(build);
  }

  /** A map lookup; every column that is common to all contracts has its place in all of them. */
  private static int index(StructType schema, String column) {
    return schema.fieldIndex(column);
  }
}
