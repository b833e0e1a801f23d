package io.medallion.lakehouse.parquet;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.Platform;

/**
 * Takes rows apart into the columns of a Parquet file; every field may be null. What stands beside
 * each value are the <a href="https://github.com/apache/parquet-format#nested-encoding">levels</a>
 * that say how much of its path is there, and which list goes on with it.
 */
final class ParquetColumns {
  private final Column[] columns;

  private ParquetColumns(Column[] columns) {
    this.columns = columns;
  }

  /**
   * For one group of rows.
   *
   * @param leaves the writers of what has no fields of its own, in the order of the schema
   * @throws IllegalArgumentException for a type that no table has
   */
  static ParquetColumns of(StructType schema, Iterator<ColumnWriter> leaves) {
    return new ParquetColumns(columns(schema, leaves, 0));
  }

  /** Whether {@link #of} knows a type. */
  static boolean canWrite(DataType type) {
    if (type instanceof StructType struct) {
      return Arrays.stream(struct.fields()).allMatch(field -> canWrite(field.dataType()));
    }
    return type instanceof ArrayType array
        ? canWrite(array.elementType())
        : Kind.find(type).isPresent();
  }

  private static Column[] columns(StructType schema, Iterator<ColumnWriter> leaves, int depth) {
    return Arrays.stream(schema.fields())
        .map(field -> column(field.dataType(), leaves, depth))
        .toArray(Column[]::new);
  }

  private static Column column(DataType type, Iterator<ColumnWriter> leaves, int depth) {
    if (type instanceof StructType struct) {
      return new Struct(List.of(columns(struct, leaves, depth)));
    }
    if (type instanceof ArrayType array) {
      return new Sequence(column(array.elementType(), leaves, depth + 1), depth + 1);
    }
    return new Leaf(Kind.of(type), type, leaves.next());
  }

  /**
   * Writes rows, all of a column before the next one: what it takes, such as its dictionary, stays
   * in the processor's nearest caches meanwhile. Nothing of the rows is kept.
   */
  void write(RowBatch rows) {
    for (int field = 0; field < columns.length; field++) {
      for (int row = 0; row < rows.size(); row++) {
        columns[field].write(rows.row(row), field, 0, 0);
      }
    }
  }

  /** A field of a row, with all that lies in it. */
  private interface Column {
    /**
     * Writes its value.
     *
     * @param repetition which list goes on
     * @param definition how much of the path is there, without the field itself
     */
    void write(SpecializedGetters from, int at, int repetition, int definition);

    /** Writes that there is nothing from some point of its path on. */
    void writeNull(int repetition, int definition);
  }

  /** How a value is stored, which several types share. */
  private enum Kind {
    BOOLEAN,
    INT,
    LONG,
    DOUBLE,
    BYTES,
    /** A decimal of few enough digits for 32 bits. */
    SMALL_DECIMAL,
    /** A decimal of more digits than 64 bits hold. */
    LARGE_DECIMAL;

    static Kind of(DataType type) {
      return find(type)
          .orElseThrow(() -> new IllegalArgumentException("no table has a column of type " + type));
    }

    static Optional<Kind> find(DataType type) {
      if (type instanceof BooleanType) {
        return Optional.of(BOOLEAN);
      }
      if (type instanceof IntegerType || type instanceof DateType) {
        return Optional.of(INT);
      }
      if (type instanceof LongType || type instanceof TimestampType || isLong(type)) {
        return Optional.of(LONG);
      }
      if (type instanceof DecimalType decimal) {
        return Optional.of(
            decimal.precision() <= Decimal.MAX_INT_DIGITS() ? SMALL_DECIMAL : LARGE_DECIMAL);
      }
      if (type instanceof DoubleType) {
        return Optional.of(DOUBLE);
      }
      boolean bytes = type instanceof StringType || type instanceof BinaryType;
      return bytes ? Optional.of(BYTES) : Optional.empty();
    }

    private static boolean isLong(DataType type) {
      return type instanceof DecimalType decimal
          && decimal.precision() > Decimal.MAX_INT_DIGITS()
          && decimal.precision() <= Decimal.MAX_LONG_DIGITS();
    }
  }

  private record Leaf(Kind kind, DataType type, ColumnWriter writer) implements Column {
    @Override
    public void write(SpecializedGetters from, int at, int repetition, int definition) {
      if (from.isNullAt(at)) {
        writer.writeNull(repetition, definition);
        return;
      }
      int present = definition + 1;
      switch (kind) {
        case BOOLEAN -> writer.write(from.getBoolean(at), repetition, present);
        case INT -> writer.write(from.getInt(at), repetition, present);
        case LONG -> writer.write(from.getLong(at), repetition, present);
        case DOUBLE -> writer.write(from.getDouble(at), repetition, present);
        case BYTES -> writer.write(bytes(from, at), repetition, present);
        case SMALL_DECIMAL ->
            writer.write((int) decimal(from, at).toUnscaledLong(), repetition, present);
        case LARGE_DECIMAL -> writer.write(fixedBytes(from, at), repetition, present);
      }
    }

    private Decimal decimal(SpecializedGetters from, int at) {
      DecimalType decimal = (DecimalType) type;
      return from.getDecimal(at, decimal.precision(), decimal.scale());
    }

    /** As Spark writes it: big-endian, in as many bytes as the precision needs. */
    private Binary fixedBytes(SpecializedGetters from, int at) {
      byte[] least = decimal(from, at).toJavaBigDecimal().unscaledValue().toByteArray();
      byte[] all = new byte[Decimal.minBytesForPrecision()[((DecimalType) type).precision()]];
      Arrays.fill(all, (byte) (least[0] < 0 ? -1 : 0));
      System.arraycopy(least, 0, all, all.length - least.length, least.length);
      return Binary.fromConstantByteArray(all);
    }

    /** The bytes where they lie, if they lie in an array: a copy of each text costs a tenth. */
    private static Binary bytes(SpecializedGetters from, int at) {
      if (from instanceof UnsafeRow row && row.getBaseObject() instanceof byte[] array) {
        long place = row.getLong(at);
        long start = row.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET + (place >>> Integer.SIZE);
        return Binary.fromReusedByteArray(array, (int) start, (int) place);
      }
      return Binary.fromConstantByteArray(from.getBinary(at));
    }

    @Override
    public void writeNull(int repetition, int definition) {
      writer.writeNull(repetition, definition);
    }
  }

  private record Struct(List<Column> fields) implements Column {
    @Override
    public void write(SpecializedGetters from, int at, int repetition, int definition) {
      if (from.isNullAt(at)) {
        writeNull(repetition, definition);
        return;
      }
      InternalRow struct = from.getStruct(at, fields.size());
      for (int field = 0; field < fields.size(); field++) {
        fields.get(field).write(struct, field, repetition, definition + 1);
      }
    }

    @Override
    public void writeNull(int repetition, int definition) {
      for (Column field : fields) {
        field.writeNull(repetition, definition);
      }
    }
  }

  /** A list: a group with a repeated group of one element each. */
  private record Sequence(Column element, int depth) implements Column {
    @Override
    public void write(SpecializedGetters from, int at, int repetition, int definition) {
      if (from.isNullAt(at)) {
        element.writeNull(repetition, definition);
        return;
      }
      ArrayData elements = from.getArray(at);
      if (elements.numElements() == 0) {
        element.writeNull(repetition, definition + 1);
        return;
      }
      for (int i = 0; i < elements.numElements(); i++) {
        element.write(elements, i, i == 0 ? repetition : depth, definition + 2);
      }
    }

    @Override
    public void writeNull(int repetition, int definition) {
      element.writeNull(repetition, definition);
    }
  }
}
