package io.medallion.silver;

import static io.medallion.lakehouse.TableDefinition.SILVER;

import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.Reason;
import io.medallion.common.event.TimestampType;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.silver.enrich.Enricher;
import io.medallion.silver.enrich.IpKept;
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
final class RecordJudge {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int LOG_APPEND_TIME = 1;

  /** Of texts in a row; where one has more, there is room for more from then on. */
  private static final int MOSTLY_LESS_BYTES = 4096;

  private static final int LINEAGE = SILVER.schema().fieldIndex(SilverColumns.SOURCE_EPOCH);
  private static final int ENRICHED = SILVER.schema().fieldIndex(SilverColumns.PROPERTIES) + 1;
  private static final int IP_ADDRESS = SILVER.schema().fieldIndex(SilverColumns.IP_ADDRESS);
  private static final int PRICE = SILVER.schema().fieldIndex(SilverColumns.PRICE);
  private static final int RULES_VERSION = SILVER.schema().fieldIndex(SilverColumns.RULES_VERSION);
  private static final int FINGERPRINT = SILVER.schema().fieldIndex(SilverColumns.FINGERPRINT);
  private static final int EVENT_DATE = SILVER.schema().fieldIndex(SilverColumns.EVENT_DATE);

  private final Judging judging;
  private final EventParser parser;
  private final List<Enricher> enrichers;
  private final UnsafeRowWriter row =
      new UnsafeRowWriter(JudgedColumns.SCHEMA.length(), MOSTLY_LESS_BYTES);
  private final UnsafeProjection compact = UnsafeProjection.create(JudgedColumns.SCHEMA);

  RecordJudge(Judging judging) {
    this.judging = judging;
    this.parser = new EventParser(judging.rules());
    this.enrichers = judging.enrichment().enrichers();
  }

  /** Judges a record; the row is valid until the next call. */
  UnsafeRow judge(InternalRow record) {
    byte[] value = record.isNullAt(0) ? null : record.getBinary(0);
    ParsedEvent event =
        parser.parse(
            value,
            record.isNullAt(1) ? -1 : record.getLong(1),
            record.getInt(2) == LOG_APPEND_TIME
                ? TimestampType.LOG_APPEND_TIME
                : TimestampType.CREATE_TIME,
            record.getLong(3),
            record.getInt(4),
            record.getUTF8String(5).toString(),
            record.getInt(6),
            record.getLong(7));
    return event.isGood() ? event(record, event) : refused(record, value, event.reasons());
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
    put(IP_ADDRESS, IpKept.of(judging.ipPolicy(), event.ipAddress()));
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
    int column = ENRICHED;
    for (Enricher enricher : enrichers) {
      for (Object value : enricher.values(event)) {
        put(column++, value);
      }
    }
    row.write(FINGERPRINT, event.fingerprint());
    row.write(RULES_VERSION, EventRules.RULES_VERSION);
    row.write(LINEAGE, record.getInt(4));
    row.write(LINEAGE + 1, record.getUTF8String(5));
    row.write(LINEAGE + 2, record.getInt(6));
    row.write(LINEAGE + 3, record.getLong(7));
    row.write(LINEAGE + 4, record.getLong(8));
    if (record.isNullAt(1)) {
      row.setNullAt(LINEAGE + 5);
    } else {
      row.write(LINEAGE + 5, record.getLong(1));
    }
    row.write(LINEAGE + 6, record.getLong(3));
    row.write(EVENT_DATE, (int) Math.floorDiv(event.eventTimeMicros(), MICROS_PER_DAY));
    for (int behind = JudgedColumns.SILVER; behind < JudgedColumns.SCHEMA.length(); behind++) {
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

  /** What an enricher gives. */
  private void put(int column, Object value) {
    if (value == null) {
      row.setNullAt(column);
    } else if (value instanceof UTF8String text) {
      row.write(column, text);
    } else if (value instanceof Double number) {
      row.write(column, number);
    } else if (value instanceof Boolean flag) {
      row.write(column, flag);
    } else {
      row.write(column, (long) value);
    }
  }

  private UnsafeRow refused(InternalRow record, byte[] value, List<Reason> reasons) {
    Object[] columns = new Object[JudgedColumns.SCHEMA.length()];
    columns[RULES_VERSION] = EventRules.RULES_VERSION;
    columns[LINEAGE] = record.getInt(4);
    columns[LINEAGE + 1] = record.getUTF8String(5);
    columns[LINEAGE + 2] = record.getInt(6);
    columns[LINEAGE + 3] = record.getLong(7);
    columns[LINEAGE + 4] = record.getLong(8);
    columns[LINEAGE + 5] = record.isNullAt(1) ? null : record.getLong(1);
    columns[LINEAGE + 6] = record.getLong(3);
    int column = JudgedColumns.SILVER;
    columns[column++] = record.isNullAt(9) ? null : record.getBinary(9);
    columns[column++] = value;
    columns[column++] = record.isNullAt(10) ? null : record.getArray(10);
    columns[column++] = record.getInt(2);
    columns[column++] = record.getInt(11);
    columns[column] = reasons(reasons);
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
