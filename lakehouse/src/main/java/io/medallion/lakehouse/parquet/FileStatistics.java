package io.medallion.lakehouse.parquet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What Delta keeps of a file to pass it over: rows, and of some columns minimum, maximum and nulls.
 * The form is that of <a
 * href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics">Delta's
 * protocol</a>; times are cut to milliseconds, as Delta cuts them.
 */
final class FileStatistics {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneOffset.UTC);

  private final List<Column> columns;
  private long rows;

  private FileStatistics(List<Column> columns) {
    this.columns = columns;
  }

  /** For some columns, each a whole number or a time. */
  static FileStatistics of(StructType schema, List<String> names) {
    return new FileStatistics(
        Arrays.stream(schema.fields())
            .filter(field -> names.contains(field.name()))
            .map(f -> new Column(f.name(), schema.fieldIndex(f.name()), f.dataType()))
            .toList());
  }

  /** Counts a row. */
  void add(InternalRow row) {
    rows++;
    for (Column column : columns) {
      column.add(row);
    }
  }

  /** How many rows were counted. */
  long records() {
    return rows;
  }

  String toJson() {
    ObjectNode json = JSON.createObjectNode().put("numRecords", rows);
    ObjectNode least = json.putObject("minValues");
    ObjectNode greatest = json.putObject("maxValues");
    ObjectNode nulls = json.putObject("nullCount");
    for (Column column : columns) {
      if (column.nulls < rows) {
        column.put(least, column.least);
        column.put(greatest, column.greatest);
      }
      nulls.put(column.name, column.nulls);
    }
    return json.toString();
  }

  private static final class Column {
    private final String name;
    private final int field;
    private final boolean time;
    private final boolean wide;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;
    private long nulls;

    Column(String name, int field, DataType type) {
      if (!List.of(DataTypes.TimestampType, DataTypes.LongType, DataTypes.IntegerType)
          .contains(type)) {
        throw new IllegalArgumentException("no statistics of " + type);
      }
      this.name = name;
      this.field = field;
      this.time = type == DataTypes.TimestampType;
      this.wide = type != DataTypes.IntegerType;
    }

    void add(InternalRow row) {
      if (row.isNullAt(field)) {
        nulls++;
        return;
      }
      long value = wide ? row.getLong(field) : row.getInt(field);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }

    void put(ObjectNode values, long value) {
      if (time) {
        values.put(name, TIME.format(Instant.EPOCH.plus(value, ChronoUnit.MICROS)));
      } else {
        values.put(name, value);
      }
    }
  }
}
