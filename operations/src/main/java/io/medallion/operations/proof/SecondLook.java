package io.medallion.operations.proof;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createDecimalType;

import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.TimestampType;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.SilverColumns;
import java.math.BigDecimal;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Parses bronze's bytes once more. A record that the rules refuse has no event id. */
final class SecondLook implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;
  private static final int LOG_APPEND_TIME = 1;

  static final StructType SCHEMA =
      new StructType()
          .add(BronzeColumns.SOURCE_EPOCH, IntegerType)
          .add(BronzeColumns.TOPIC, StringType)
          .add(BronzeColumns.PARTITION, IntegerType)
          .add(BronzeColumns.OFFSET, LongType)
          .add(BronzeColumns.SEQ, LongType)
          .add(SilverColumns.EVENT_ID, StringType)
          .add("event_micros", LongType)
          .add(SilverColumns.FINGERPRINT, LongType)
          .add(SilverColumns.EVENT_TYPE, StringType)
          .add(SilverColumns.VISITOR, StringType)
          .add(SilverColumns.USER_ID, StringType)
          .add(SilverColumns.ANONYMOUS_ID, StringType)
          .add(SilverColumns.SESSION_ID, StringType)
          .add(SilverColumns.PAGE, StringType)
          .add(SilverColumns.PRODUCT_ID, StringType)
          .add(SilverColumns.PRICE, createDecimalType(18, 6))
          .add(SilverColumns.QUANTITY, IntegerType)
          .add(SilverColumns.CURRENCY, StringType);

  private final EventRules rules;

  SecondLook(EventRules rules) {
    this.rules = rules;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> records) {
    EventParser parser = new EventParser(rules);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public Row next() {
        return look(parser, records.next());
      }
    };
  }

  private static Row look(EventParser parser, Row record) {
    ParsedEvent event =
        parser.parse(
            record.isNullAt(0) ? null : (byte[]) record.get(0),
            record.isNullAt(1) ? -1 : record.getLong(1),
            record.getInt(2) == LOG_APPEND_TIME
                ? TimestampType.LOG_APPEND_TIME
                : TimestampType.CREATE_TIME,
            record.getLong(3),
            record.getInt(4),
            record.getString(5),
            record.getInt(6),
            record.getLong(7));
    Object[] row = new Object[SCHEMA.length()];
    row[0] = record.getInt(4);
    row[1] = record.getString(5);
    row[2] = record.getInt(6);
    row[3] = record.getLong(7);
    row[4] = record.getLong(8);
    if (event.isGood()) {
      row[5] = event.eventId();
      row[6] = event.eventTimeMicros();
      row[7] = event.fingerprint();
      row[8] = event.eventType();
      row[9] = event.visitor();
      row[10] = event.userId();
      row[11] = event.anonymousId();
      row[12] = event.sessionId();
      row[13] = event.page();
      row[14] = event.productId();
      row[15] =
          event.hasPrice()
              ? BigDecimal.valueOf(event.priceUnscaled(), ParsedEvent.PRICE_SCALE)
              : null;
      row[16] = event.hasQuantity() ? event.quantity() : null;
      row[17] = event.currency();
    }
    return RowFactory.create(row);
  }
}
