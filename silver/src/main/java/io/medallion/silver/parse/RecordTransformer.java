package io.medallion.silver.parse;

import static io.medallion.lakehouse.schema.TableDefinition.SILVER;

import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.Reason;
import io.medallion.common.event.TimestampType;
import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.enrich.BoundEnricher;
import io.medallion.silver.enrich.IpAnonymizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.unsafe.types.UTF8String;

/** Turns one bronze record after the other into a judged one. Not thread-safe. */
final class RecordTransformer {
  private static final int LOG_APPEND_TIME = 1;

  /** Of texts in a row; if one has more, there is room for more from then on. */
  private static final int MOSTLY_LESS_BYTES = 4096;

  private static final int LINEAGE = SILVER.schema().fieldIndex(SilverColumns.SOURCE_EPOCH);
  private static final int IP_ADDRESS = SILVER.schema().fieldIndex(SilverColumns.IP_ADDRESS);
  private static final int PRICE = SILVER.schema().fieldIndex(SilverColumns.PRICE);
  private static final int RULES_VERSION = SILVER.schema().fieldIndex(SilverColumns.RULES_VERSION);
  private static final int FINGERPRINT = SILVER.schema().fieldIndex(SilverColumns.FINGERPRINT);
  private static final int EVENT_DATE = SILVER.schema().fieldIndex(SilverColumns.EVENT_DATE);

  private static final int KEY = SilverTransform.COLUMNS.indexOf(BronzeColumns.KEY);
  private static final int VALUE = SilverTransform.COLUMNS.indexOf(BronzeColumns.VALUE);
  private static final int HEADERS = SilverTransform.COLUMNS.indexOf(BronzeColumns.HEADERS);
  private static final int SOURCE_EPOCH =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.SOURCE_EPOCH);
  private static final int TOPIC = SilverTransform.COLUMNS.indexOf(BronzeColumns.TOPIC);
  private static final int PARTITION = SilverTransform.COLUMNS.indexOf(BronzeColumns.PARTITION);
  private static final int OFFSET = SilverTransform.COLUMNS.indexOf(BronzeColumns.OFFSET);
  private static final int KAFKA_TIMESTAMP =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.KAFKA_TIMESTAMP);
  private static final int TIMESTAMP_TYPE =
      SilverTransform.COLUMNS.indexOf(BronzeColumns.TIMESTAMP_TYPE);
  private static final int SEQ = SilverTransform.COLUMNS.indexOf(BronzeColumns.COMMIT_SEQ);
  private static final int INGESTED_AT = SilverTransform.COLUMNS.indexOf(BronzeColumns.INGESTED_AT);
  private static final int INGEST_DATE = SilverTransform.COLUMNS.indexOf(BronzeColumns.INGEST_DATE);

  private final SilverTransform transform;
  private final EventParser parser;
  private final List<BoundEnricher> enrichers;
  private final UnsafeRowWriter row =
      new UnsafeRowWriter(ParsedSchema.SCHEMA.length(), MOSTLY_LESS_BYTES);

  private UTF8String stored;
  private String topic;

  /** Made when first wanted: its code is generated, and most records need none. */
  private UnsafeProjection compact;

  RecordTransformer(SilverTransform transform) {
    this.transform = transform;
    this.parser = new EventParser(transform.rules());
    this.enrichers = transform.enrichment().enrichers();
  }

  /** Validates a record; the row is valid until the next call. */
  UnsafeRow transform(InternalRow record) {
    byte[] value = record.isNullAt(VALUE) ? null : record.getBinary(VALUE);
    ParsedEvent event =
        parser.parse(
            value,
            record.isNullAt(KAFKA_TIMESTAMP) ? -1 : record.getLong(KAFKA_TIMESTAMP),
            record.getInt(TIMESTAMP_TYPE) == LOG_APPEND_TIME
                ? TimestampType.LOG_APPEND_TIME
                : TimestampType.CREATE_TIME,
            record.getLong(INGESTED_AT),
            record.getInt(SOURCE_EPOCH),
            topic(record.getUTF8String(TOPIC)),
            record.getInt(PARTITION),
            record.getLong(OFFSET));
    return event.isGood() ? event(record, event) : refused(record, value, event.reasons());
  }

  /** Mostly the one of the record before. */
  private String topic(UTF8String topic) {
    if (!topic.equals(stored)) {
      stored = topic.copy();
      this.topic = stored.toString();
    }
    return this.topic;
  }

  /** Most records are good: each is put together without an object for a column. */
  private UnsafeRow event(InternalRow record, ParsedEvent event) {
    row.reset();
    row.zeroOutNullBytes();
    put(0, event.eventId());
    row.write(1, event.eventTimeMicros());
    put(2, event.eventType());
    put(3, event.visitor());
    put(4, event.userId());
    put(5, event.anonymousId());
    put(6, event.sessionId());
    put(7, event.page());
    put(8, event.url());
    put(9, event.referrer());
    put(IP_ADDRESS, IpAnonymizer.of(transform.ipPolicy(), event.ipAddress()));
    put(11, event.userAgent());
    put(12, event.productId());
    if (event.hasPrice()) {
      // What Spark stores of a decimal of so few digits.
      row.write(PRICE, event.priceUnscaled());
    } else {
      row.setNullAt(PRICE);
    }
    if (event.hasQuantity()) {
      row.write(14, event.quantity());
    } else {
      row.setNullAt(14);
    }
    put(15, event.currency());
    put(16, event.properties());
    for (BoundEnricher enricher : enrichers) {
      enricher.write(event, row);
    }
    row.write(FINGERPRINT, event.fingerprint());
    row.write(RULES_VERSION, EventRules.RULES_VERSION);
    row.write(LINEAGE, record.getInt(SOURCE_EPOCH));
    row.write(LINEAGE + 1, record.getUTF8String(TOPIC));
    row.write(LINEAGE + 2, record.getInt(PARTITION));
    row.write(LINEAGE + 3, record.getLong(OFFSET));
    row.write(LINEAGE + 4, record.getLong(SEQ));
    if (record.isNullAt(KAFKA_TIMESTAMP)) {
      row.setNullAt(LINEAGE + 5);
    } else {
      row.write(LINEAGE + 5, record.getLong(KAFKA_TIMESTAMP));
    }
    row.write(LINEAGE + 6, record.getLong(INGESTED_AT));
    row.write(EVENT_DATE, UtcDay.of(event.eventTimeMicros()));
    for (int behind = ParsedSchema.SILVER; behind < ParsedSchema.SCHEMA.length(); behind++) {
      row.setNullAt(behind);
    }
    return row.getRow();
  }

  private void put(int column, String text) {
    if (text == null) {
      row.setNullAt(column);
    } else {
      row.write(column, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private UnsafeRow refused(InternalRow record, byte[] value, List<Reason> reasons) {
    Object[] columns = new Object[ParsedSchema.SCHEMA.length()];
    columns[RULES_VERSION] = EventRules.RULES_VERSION;
    columns[LINEAGE] = record.getInt(SOURCE_EPOCH);
    columns[LINEAGE + 1] = record.getUTF8String(TOPIC);
    columns[LINEAGE + 2] = record.getInt(PARTITION);
    columns[LINEAGE + 3] = record.getLong(OFFSET);
    columns[LINEAGE + 4] = record.getLong(SEQ);
    columns[LINEAGE + 5] =
        record.isNullAt(KAFKA_TIMESTAMP) ? null : record.getLong(KAFKA_TIMESTAMP);
    columns[LINEAGE + 6] = record.getLong(INGESTED_AT);
    int column = ParsedSchema.SILVER;
    columns[column++] = record.isNullAt(KEY) ? null : record.getBinary(KEY);
    columns[column++] = value;
    columns[column++] = record.isNullAt(HEADERS) ? null : record.getArray(HEADERS);
    columns[column++] = record.getInt(TIMESTAMP_TYPE);
    columns[column++] = record.getInt(INGEST_DATE);
    columns[column] = reasons(reasons);
    if (compact == null) {
      compact = UnsafeProjection.create(ParsedSchema.SCHEMA);
    }
    return compact.apply(new GenericInternalRow(columns));
  }

  /** Reasons as Spark stores them. */
  static ArrayData reasons(List<Reason> reasons) {
    return new GenericArrayData(
        reasons.stream()
            .map(
                r ->
                    new GenericInternalRow(
                        new Object[] {text(r.code().name()), text(r.field()), text(r.message())}))
            .toArray());
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }
}
