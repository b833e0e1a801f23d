package io.medallion.operations.verify;

import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.TimestampType;
import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Parses bronze's bytes once more. A row has a record's position and bytes, and what silver should
 * say of it; nothing of that where the rules refuse the record.
 */
final class Reparse implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int LOG_APPEND_TIME = 1;

  /** What is said by the bytes alone: places depend on a database, addresses on a policy. */
  static final List<String> SAID =
      List.of(
          SilverColumns.EVENT_ID,
          SilverColumns.EVENT_TIME,
          SilverColumns.EVENT_TYPE,
          SilverColumns.VISITOR,
          SilverColumns.USER_ID,
          SilverColumns.ANONYMOUS_ID,
          SilverColumns.SESSION_ID,
          SilverColumns.PAGE,
          SilverColumns.URL,
          SilverColumns.REFERRER,
          SilverColumns.USER_AGENT,
          SilverColumns.PRODUCT_ID,
          SilverColumns.PRICE,
          SilverColumns.QUANTITY,
          SilverColumns.CURRENCY,
          SilverColumns.PROPERTIES,
          SilverColumns.FINGERPRINT,
          SilverColumns.EVENT_DATE);

  private static final String[] POSITION = {
    BronzeColumns.SOURCE_EPOCH,
    BronzeColumns.TOPIC,
    BronzeColumns.PARTITION,
    BronzeColumns.OFFSET,
    BronzeColumns.COMMIT_SEQ,
    BronzeColumns.VALUE
  };

  private final EventRules rules;
  private transient EventParser parser;

  private Reparse(EventRules rules) {
    this.rules = rules;
  }

  /** Of rows of bronze. */
  static Dataset<Row> at(Dataset<Row> bronze, EventRules rules, SparkSession session) {
    Column[] read =
        new Column[] {
          functions.col(BronzeColumns.VALUE),
          functions.expr("unix_micros(" + BronzeColumns.KAFKA_TIMESTAMP + ")"),
          functions.col(BronzeColumns.TIMESTAMP_TYPE),
          functions.expr("unix_micros(" + BronzeColumns.INGESTED_AT + ")"),
          functions.col(POSITION[0]),
          functions.col(POSITION[1]),
          functions.col(POSITION[2]),
          functions.col(POSITION[3]),
          functions.col(POSITION[4])
        };
    Reparse look = new Reparse(rules);
    JavaRDD<InternalRow> rows =
        InternalRowDatasets.of(bronze.select(read)).mapPartitions(look::all);
    return InternalRowDatasets.dataset(session, rows, schema());
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (String name : POSITION) {
      schema = schema.add(TableDefinition.BRONZE.schema().apply(name));
    }
    for (String name : SAID) {
      schema = schema.add(name, TableDefinition.SILVER.schema().apply(name).dataType());
    }
    return schema;
  }

  private Iterator<InternalRow> all(Iterator<InternalRow> records) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return records.hasNext();
      }

      @Override
      public InternalRow next() {
        return look(records.next());
      }
    };
  }

  private InternalRow look(InternalRow record) {
    if (parser == null) {
      parser = new EventParser(rules);
    }
    UTF8String topic = record.getUTF8String(5).copy();
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
            topic.toString(),
            record.getInt(6),
            record.getLong(7));
    Object[] position = {
      record.getInt(4), topic, record.getInt(6), record.getLong(7), record.getLong(8), value
    };
    Object[] row = Arrays.copyOf(position, position.length + SAID.size());
    if (event.isGood()) {
      Object[] said = said(event);
      System.arraycopy(said, 0, row, position.length, said.length);
    }
    return new GenericInternalRow(row);
  }

  /** In the order of {@link #SAID}. */
  private static Object[] said(ParsedEvent event) {
    DecimalType price =
        (DecimalType) TableDefinition.SILVER.schema().apply(SilverColumns.PRICE).dataType();
    return new Object[] {
      text(event.eventId()),
      event.eventTimeMicros(),
      text(event.eventType()),
      text(event.visitor()),
      text(event.userId()),
      text(event.anonymousId()),
      text(event.sessionId()),
      text(event.page()),
      text(event.url()),
      text(event.referrer()),
      text(event.userAgent()),
      text(event.productId()),
      event.hasPrice()
          ? Decimal.createUnsafe(event.priceUnscaled(), price.precision(), price.scale())
          : null,
      event.hasQuantity() ? event.quantity() : null,
      text(event.currency()),
      text(event.properties()),
      event.fingerprint(),
      UtcDay.of(event.eventTimeMicros())
    };
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }
}
