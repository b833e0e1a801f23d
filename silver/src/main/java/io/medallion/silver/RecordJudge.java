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
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.unsafe.types.UTF8String;

/** Turns one bronze record after the other into a judged one. Not thread-safe. */
final class RecordJudge {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int LOG_APPEND_TIME = 1;
  private static final int LINEAGE = SILVER.schema().fieldIndex(SilverColumns.SOURCE_EPOCH);
  private static final int ENRICHED = SILVER.schema().fieldIndex(SilverColumns.PROPERTIES) + 1;
  private static final int IP_ADDRESS = SILVER.schema().fieldIndex(SilverColumns.IP_ADDRESS);
  private static final int PRICE = SILVER.schema().fieldIndex(SilverColumns.PRICE);
  private static final DecimalType PRICE_TYPE =
      (DecimalType) SILVER.schema().apply(SilverColumns.PRICE).dataType();
  private static final int FINGERPRINT = SILVER.schema().fieldIndex(SilverColumns.FINGERPRINT);
  private static final int EVENT_DATE = SILVER.schema().fieldIndex(SilverColumns.EVENT_DATE);

  private final Judging judging;
  private final EventParser parser;
  private final List<Enricher> enrichers;
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
    Object[] row = new Object[JudgedColumns.SCHEMA.length()];
    lineage(row, record);
    if (event.isGood()) {
      event(row, event);
    } else {
      refused(row, record, value, event.reasons());
    }
    return compact.apply(new GenericInternalRow(row));
  }

  private static void lineage(Object[] row, InternalRow record) {
    row[LINEAGE - 1] = EventRules.RULES_VERSION;
    row[LINEAGE] = record.getInt(4);
    row[LINEAGE + 1] = record.getUTF8String(5);
    row[LINEAGE + 2] = record.getInt(6);
    row[LINEAGE + 3] = record.getLong(7);
    row[LINEAGE + 4] = record.getLong(8);
    row[LINEAGE + 5] = record.isNullAt(1) ? null : record.getLong(1);
    row[LINEAGE + 6] = record.getLong(3);
  }

  private void event(Object[] row, ParsedEvent event) {
    row[0] = text(event.eventId());
    row[1] = event.eventTimeMicros();
    row[2] = text(event.eventType());
    row[3] = text(event.visitor());
    row[4] = text(event.userId());
    row[5] = text(event.anonymousId());
    row[6] = text(event.sessionId());
    row[7] = text(event.page());
    row[8] = text(event.url());
    row[9] = text(event.referrer());
    row[IP_ADDRESS] = text(IpKept.of(judging.ipPolicy(), event.ipAddress()));
    row[11] = text(event.userAgent());
    row[12] = text(event.productId());
    row[PRICE] =
        event.hasPrice()
            ? Decimal.createUnsafe(
                event.priceUnscaled(), PRICE_TYPE.precision(), PRICE_TYPE.scale())
            : null;
    row[14] = event.hasQuantity() ? event.quantity() : null;
    row[15] = text(event.currency());
    row[16] = text(event.properties());
    int column = ENRICHED;
    for (Enricher enricher : enrichers) {
      Object[] values = enricher.values(event);
      System.arraycopy(values, 0, row, column, values.length);
      column += values.length;
    }
    row[FINGERPRINT] = event.fingerprint();
    row[EVENT_DATE] = (int) Math.floorDiv(event.eventTimeMicros(), MICROS_PER_DAY);
  }

  private static void refused(
      Object[] row, InternalRow record, byte[] value, List<Reason> reasons) {
    int column = JudgedColumns.SILVER;
    row[column++] = record.isNullAt(9) ? null : record.getBinary(9);
    row[column++] = value;
    row[column++] = record.isNullAt(10) ? null : record.getArray(10);
    row[column++] = record.getInt(2);
    row[column++] = record.getInt(11);
    row[column] = reasons(reasons);
  }

  private static ArrayData reasons(List<Reason> reasons) {
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
