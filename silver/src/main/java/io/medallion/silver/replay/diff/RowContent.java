package io.medallion.silver.replay.diff;

import io.medallion.lakehouse.spark.SparkInternals;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Hashes of silver's rows, of 64 bits each: over every column, and over some. Equal rows have equal
 * ones, others differ but for one case in 2^64.
 *
 * <p>A row's is the sum of its values' hashes, which are seeded by the column's name so that a
 * value is another one in the next column; a null adds nothing. As each column stands for itself, a
 * file's columns are gone through one by one, and a text that Parquet has in a dictionary is hashed
 * once a batch, not in every row that has it.
 *
 * <p>Used by one thread. Holds what it has taken last.
 */
public final class RowContent {
  /** How a value lies in a row. */
  private enum Kind {
    BOOLEAN,
    INT,
    LONG,
    DOUBLE,
    TEXT,
    TEXTS,
    /** A decimal whose digits 64 bits do not hold, or that takes fewer. */
    DECIMAL,
    /** Whatever else: bytes, lists of structures. */
    OTHER
  }

  private final DataType[] types;
  private final Kind[] kinds;

  /** Of each column's hashes: its name's, so that rows of two tables can be compared. */
  private final long[] seeds;

  /** Of each column the sums that it is part of. */
  private final int[][] partOf;

  private final long[][] sums;

  /** Hashes of a dictionary's texts by their number there; zero for one not met yet. */
  private long[] known = new long[1024];

  /**
   * Over all columns, and over those of some names.
   *
   * @param columns silver's
   */
  RowContent(StructType columns, Collection<String> watched) {
    this(columns, List.of(List.of(columns.fieldNames()), watched));
  }

  /**
   * Over each of some groups of columns.
   *
   * @param columns those of a row, which may have others behind them
   * @param groups names of columns; one may be in several groups, or in none
   */
  public RowContent(StructType columns, List<? extends Collection<String>> groups) {
    StructField[] fields = columns.fields();
    this.types = Arrays.stream(fields).map(StructField::dataType).toArray(DataType[]::new);
    this.kinds = Arrays.stream(types).map(RowContent::kind).toArray(Kind[]::new);
    this.seeds =
        Arrays.stream(fields)
            .mapToLong(
                field ->
                    SparkInternals.xxHash64(
                        UTF8String.fromString(field.name()), SparkInternals.XXHASH64_SEED))
            .toArray();
    this.partOf = new int[fields.length][];
    this.sums = new long[groups.size()][1];
    for (int column = 0; column < fields.length; column++) {
      String name = fields[column].name();
      this.partOf[column] =
          IntStream.range(0, groups.size())
              .filter(group -> groups.get(group).contains(name))
              .toArray();
    }
  }

  private static Kind kind(DataType type) {
    if (type.equals(DataTypes.StringType)) {
      return Kind.TEXT;
    }
    if (type.equals(DataTypes.LongType) || type.equals(DataTypes.TimestampType)) {
      return Kind.LONG;
    }
    if (type instanceof DecimalType decimal
        && decimal.precision() > Decimal.MAX_INT_DIGITS()
        && decimal.precision() <= Decimal.MAX_LONG_DIGITS()) {
      return Kind.LONG;
    }
    if (type instanceof DecimalType) {
      return Kind.DECIMAL;
    }
    if (type instanceof ArrayType array && array.elementType().equals(DataTypes.StringType)) {
      return Kind.TEXTS;
    }
    if (type.equals(DataTypes.IntegerType) || type.equals(DataTypes.DateType)) {
      return Kind.INT;
    }
    if (type.equals(DataTypes.DoubleType)) {
      return Kind.DOUBLE;
    }
    if (type.equals(DataTypes.BooleanType)) {
      return Kind.BOOLEAN;
    }
    return Kind.OTHER;
  }

  /** Takes one row, which has silver's columns, perhaps with others behind them. */
  public void take(InternalRow row) {
    begin(1);
    for (int column = 0; column < kinds.length; column++) {
      if (partOf[column].length > 0 && !row.isNullAt(column)) {
        add(
            0,
            column,
            switch (kinds[column]) {
              case BOOLEAN -> hash(row.getBoolean(column), seeds[column]);
              case INT -> hash(row.getInt(column), seeds[column]);
              case LONG -> hash(row.getLong(column), seeds[column]);
              case DOUBLE -> hash(row.getDouble(column), seeds[column]);
              case TEXT -> SparkInternals.xxHash64(row.getUTF8String(column), seeds[column]);
              case TEXTS -> hash(row.getArray(column), seeds[column]);
              case DECIMAL -> hash(decimal(row, column, column), seeds[column]);
              case OTHER -> hash(row.get(column, types[column]), column);
            });
      }
    }
  }

  /** Takes rows that have silver's columns in their order. */
  public void take(ColumnarBatch rows) {
    int size = rows.numRows();
    begin(size);
    for (int column = 0; column < kinds.length; column++) {
      if (partOf[column].length == 0) {
        continue;
      }
      ColumnVector values = rows.column(column);
      if (values instanceof WritableColumnVector texts
          && texts.hasDictionary()
          && kinds[column] == Kind.TEXT) {
        addNumbered(texts, size, column);
      } else {
        addAll(values, size, column);
      }
    }
  }

  private void begin(int rows) {
    for (int group = 0; group < sums.length; group++) {
      if (rows > sums[group].length) {
        sums[group] = new long[rows];
      } else {
        Arrays.fill(sums[group], 0, rows, 0);
      }
    }
  }

  private void addAll(ColumnVector values, int size, int column) {
    Kind kind = kinds[column];
    for (int row = 0; row < size; row++) {
      if (!values.isNullAt(row)) {
        add(
            row,
            column,
            switch (kind) {
              case BOOLEAN -> hash(values.getBoolean(row), seeds[column]);
              case INT -> hash(values.getInt(row), seeds[column]);
              case LONG -> hash(values.getLong(row), seeds[column]);
              case DOUBLE -> hash(values.getDouble(row), seeds[column]);
              case TEXT -> SparkInternals.xxHash64(values.getUTF8String(row), seeds[column]);
              case TEXTS -> hash(values.getArray(row), seeds[column]);
              case DECIMAL -> hash(decimal(values, row, column), seeds[column]);
              case OTHER -> hash(value(values, row, column), column);
            });
      }
    }
  }

  /** The next batch may have another dictionary, so that nothing is known at first. */
  private void addNumbered(WritableColumnVector texts, int size, int column) {
    WritableColumnVector numbers = texts.getDictionaryIds();
    int end = 0;
    for (int row = 0; row < size; row++) {
      if (!texts.isNullAt(row)) {
        int number = numbers.getDictId(row);
        if (number >= end) {
          end = forget(end, number + 1);
        }
        if (known[number] == 0) {
          known[number] = SparkInternals.xxHash64(texts.getUTF8String(row), seeds[column]);
        }
        add(row, column, known[number]);
      }
    }
  }

  private int forget(int from, int end) {
    if (end > known.length) {
      known = Arrays.copyOf(known, Math.max(end, known.length * 2));
    }
    Arrays.fill(known, from, end, 0);
    return end;
  }

  private void add(int row, int column, long hash) {
    for (int group : partOf[column]) {
      sums[group][row] += hash;
    }
  }

  /** The hash over a group of columns, of a row by its place among those taken last. */
  public long of(int group, int row) {
    return sums[group][row];
  }

  /** The hash over every column of a row, by its place among those taken last. */
  long all(int row) {
    return sums[0][row];
  }

  /** The hash over the watched columns. */
  long ofWatched(int row) {
    return sums[1][row];
  }

  private BigDecimal decimal(InternalRow row, int place, int column) {
    DecimalType type = (DecimalType) types[column];
    return row.getDecimal(place, type.precision(), type.scale()).toJavaBigDecimal();
  }

  private BigDecimal decimal(ColumnVector values, int row, int column) {
    DecimalType type = (DecimalType) types[column];
    return values.getDecimal(row, type.precision(), type.scale()).toJavaBigDecimal();
  }

  private Object value(ColumnVector values, int row, int column) {
    return types[column] instanceof ArrayType
        ? values.getArray(row)
        : types[column] instanceof BinaryType ? values.getBinary(row) : unknown(column);
  }

  private Object unknown(int column) {
    throw new IllegalStateException("no hash of " + types[column]);
  }

  private long hash(Object value, int column) {
    return SparkInternals.xxHash64(value, types[column], seeds[column]);
  }

  private static long hash(BigDecimal value, long seed) {
    return SparkInternals.xxHash64(UTF8String.fromString(value.toString()), seed);
  }

  /** Each text's hash is the seed of the next. */
  private static long hash(ArrayData texts, long seed) {
    long hash = hash((long) texts.numElements(), seed);
    for (int i = 0; i < texts.numElements(); i++) {
      hash =
          texts.isNullAt(i) ? hash(hash, i) : SparkInternals.xxHash64(texts.getUTF8String(i), hash);
    }
    return hash;
  }

  private static long hash(boolean value, long seed) {
    return hash(value ? 1L : 0L, seed);
  }

  private static long hash(double value, long seed) {
    return hash(Double.doubleToLongBits(value), seed);
  }

  private static long hash(long value, long seed) {
    return SparkInternals.xxHash64(value, seed);
  }
}
