package io.medallion.operations.verify;

import io.medallion.common.contract.ColumnType;
import io.medallion.common.contract.ContractColumn;
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
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Parses bronze's bytes once more. A row has a record's position and bytes, and what silver should
 * say of it; nothing of that where the rules refuse the record.
 */
final class Reparse implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int LOG_APPEND_TIME = 1;

  private static final String[] POSITION = {
    BronzeColumns.SOURCE_EPOCH,
    BronzeColumns.TOPIC,
    BronzeColumns.PARTITION,
    BronzeColumns.OFFSET,
    BronzeColumns.COMMIT_SEQ,
    BronzeColumns.VALUE
  };

  private final EventRules rules;
  private final List<Said> said;
  private transient EventParser parser;

  /** A column of the event that its bytes alone say. */
  private record Said(int number, ContractColumn column) implements Serializable {}

  private Reparse(EventRules rules) {
    this.rules = rules;
    this.said = new ArrayList<>();
    List<ContractColumn> columns = rules.columns();
    for (int i = 0; i < rules.ownAndRead(); i++) {
      // What is kept of an address is a policy's matter.
      if (!columns.get(i).name().equals(SilverColumns.IP_ADDRESS)) {
        said.add(new Said(i, columns.get(i)));
      }
    }
  }

  /** The columns that the bytes alone say: places depend on a database, addresses on a policy. */
  static List<String> said(EventRules rules) {
    return new Reparse(rules).names();
  }

  private List<String> names() {
    return Stream.concat(
            said.stream().map(said -> said.column().name()),
            Stream.of(SilverColumns.FINGERPRINT, SilverColumns.EVENT_DATE, SilverColumns.FLAGS))
        .toList();
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
    return InternalRowDatasets.dataset(session, rows, look.schema());
  }

  private StructType schema() {
    StructType schema = new StructType();
    for (String name : POSITION) {
      schema = schema.add(TableDefinition.BRONZE.schema().apply(name));
    }
    StructType silver = TableDefinition.silver(rules.contract()).schema();
    for (String name : names()) {
      schema = schema.add(name, silver.apply(name).dataType());
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
    Object[] row = Arrays.copyOf(position, position.length + said.size() + 3);
    if (event.isGood()) {
      int next = position.length;
      for (Said one : said) {
        row[next++] = value(event, one);
      }
      row[next++] = event.fingerprint();
      row[next++] = UtcDay.of(event.eventTimeMicros());
      row[next] = flags(event);
    }
    return new GenericInternalRow(row);
  }

  /** Those of values that were dropped or rounded; the rules' ones are a query's matter. */
  private static GenericArrayData flags(ParsedEvent event) {
    return event.flags().isEmpty()
        ? null
        : new GenericArrayData(event.flags().stream().map(Reparse::text).toArray());
  }

  private static Object value(ParsedEvent event, Said said) {
    int number = said.number();
    ColumnType type = said.column().type();
    return switch (type.kind()) {
      case STRING -> text(event.text(number));
      case STRINGS ->
          event.texts(number) == null
              ? null
              : new GenericArrayData(
                  Arrays.stream(event.texts(number)).map(Reparse::text).toArray());
      case DECIMAL -> decimal(event, number, type);
      case LONG, TIMESTAMP -> event.has(number) ? event.number(number) : null;
      case INT, DATE -> event.has(number) ? (int) event.number(number) : null;
      case BOOLEAN -> event.has(number) ? event.number(number) == 1 : null;
    };
  }

  private static Decimal decimal(ParsedEvent event, int number, ColumnType type) {
    if (type.isLargeDecimal()) {
      BigDecimal value = event.decimal(number);
      return value == null ? null : Decimal.apply(value, type.precision(), type.scale());
    }
    return event.has(number)
        ? Decimal.createUnsafe(event.number(number), type.precision(), type.scale())
        : null;
  }

  private static UTF8String text(String text) {
    return text == null ? null : UTF8String.fromString(text);
  }
}
