package io.medallion.operations.verify;

import static org.apache.spark.sql.functions.lit;

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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
  private final String contract;

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
    this.contract = transform.rules().contract().version();
  }

  /** All of them, with the columns of {@link Facts}. */
  Dataset<Row> all() {
    JavaRDD<InternalRow> facts = ofBronze(tables.bronzeRead(session));
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
    Dataset<Row> silver = tables.silver(session);
    List<String> there = Arrays.asList(silver.columns());
    for (StructField field : transform.silver().schema().fields()) {
      if (!there.contains(field.name())) {
        silver = silver.withColumn(field.name(), lit(null).cast(field.dataType()));
      }
    }
    return days.isAll() ? silver : silver.where(days.condition(SilverColumns.EVENT_DATE));
  }

  private JavaRDD<InternalRow> ofSilver() {
    StructType schema = transform.silver().schema();
    List<List<String>> groups =
        List.of(ComparedColumns.content(schema), ComparedColumns.LINEAGE, ComparedColumns.LOCATION);
    Places at = places;
    String ofToday = contract;
    return new HashedRows(schema, groups)
        .of(
            silver().select(transform.silver().columns()),
            (row, content, place) ->
                at(at, row, SILVER, Fact.IN_SILVER)
                    .set(Bit.OTHER_RULES, !isOfToday(row, SILVER, ofToday))
                    .set(Fact.CONTENT, content.of(0, place))
                    .set(Fact.LINEAGE, content.of(1, place))
                    .set(Fact.LOCATION, content.of(2, place))
                    .set(Fact.DATABASE, database(row))
                    .row());
  }

  /** What records make: those that are events of the days. */
  private JavaRDD<InternalRow> ofBronze(Dataset<Row> bronze) {
    Dataset<Row> arrived =
        days.isAll() ? bronze : bronze.where(days.conditionOnArrival(BronzeColumns.INGEST_DATE));
    StructType schema = transform.besideSchema();
    int silver = transform.silver().schema().length();
    int reasons = schema.fieldIndex(QuarantineColumns.REASONS);
    int date = silver - 1;
    long read = tables.seq();
    Places at = places;
    boolean all = days.isAll();
    long first = days.bounds()[0].toEpochDay();
    long end = days.bounds()[1].toEpochDay();
    List<List<String>> groups =
        List.of(
            ComparedColumns.content(transform.silver().schema()),
            ComparedColumns.LINEAGE,
            ComparedColumns.LOCATION,
            RECORD,
            List.of(QuarantineColumns.REASONS),
            BYTES);
    return new HashedRows(schema, groups)
        .of(
            transform
                .applyBeside(arrived)
                .filter(
                    row ->
                        all
                            || (!row.isNullAt(date)
                                && row.getInt(date) >= first
                                && row.getInt(date) < end)),
            (row, content, place) -> {
              boolean isEvent = row.isNullAt(reasons);
              long seq = row.getLong(index(SILVER, SilverColumns.COMMIT_SEQ));
              Facts facts =
                  at(at, row, SILVER, Fact.IN_BRONZE)
                      .set(Bit.IS_EVENT, isEvent)
                      .set(Bit.BEYOND, seq > read)
                      .set(Fact.COMMIT_SEQ, seq)
                      .set(Fact.RECORD, content.of(3, place))
                      .set(Fact.BYTES, content.of(5, place));
              return isEvent
                  ? facts
                      .set(Fact.CONTENT, content.of(0, place))
                      .set(Fact.LINEAGE, content.of(1, place))
                      .set(Fact.LOCATION, content.of(2, place))
                      .set(Fact.DATABASE, database(row))
                      .set(
                          Fact.ID,
                          Facts.id(row.getUTF8String(index(SILVER, SilverColumns.EVENT_ID))))
                      .set(Fact.MICROS, row.getLong(index(SILVER, SilverColumns.EVENT_TIME)))
                      .set(Fact.FINGERPRINT, row.getLong(index(SILVER, SilverColumns.FINGERPRINT)))
                      .row()
                  : facts.set(Fact.REASONS, content.of(4, place)).row();
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
    String ofToday = contract;
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
                  .set(Bit.OTHER_REFUSAL, !isOfToday(row, QUARANTINE, ofToday))
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
                row.isNullAt(part) ? 0 : row.getInt(part)))
        .set(table, 1);
  }

  private static boolean isOfToday(InternalRow row, StructType schema, String contract) {
    int version = index(schema, SilverColumns.CONTRACT_VERSION);
    return row.getInt(index(schema, SilverColumns.RULES_VERSION)) == EventRules.RULES_VERSION
        && Objects.equals(
            row.isNullAt(version) ? null : row.getUTF8String(version).toString(), contract);
  }

  private static long database(InternalRow row) {
    int build = index(SILVER, SilverColumns.GEOIP_DB_BUILD);
    return row.isNullAt(build) ? -1 : row.getLong(build);
  }

  /** A map lookup; every column that is common to all contracts has its place in all of them. */
  private static int index(StructType schema, String column) {
    return schema.fieldIndex(column);
  }
}
