package io.medallion.silver.replay.diff;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class RowContentTest {
  private static final long SEED = 23;
  private static final int ROWS = 300;
  private static final StructType SCHEMA =
      TableDefinition.SILVER
          .schema()
          .add("small", DataTypes.createDecimalType(9, 2))
          .add("large", DataTypes.createDecimalType(38, 2));
  private static final int COLUMNS = SCHEMA.length();
  private static final List<String> WATCHED =
      List.of(SilverColumns.PRICE, SilverColumns.CITY, SilverColumns.IS_BOT);

  private final Random random = new Random(SEED);
  private final RowContent content = new RowContent(SCHEMA, WATCHED);

  /** Two batches one after the other, whose dictionaries have other texts under their numbers. */
  @Test
  void isTheSameOfColumnsAndOfRows() {
    RowContent ofBatches = new RowContent(SCHEMA, WATCHED);
    for (int batch = 0; batch < 2; batch++) {
      List<Object[]> rows = new ArrayList<>();
      for (int row = 0; row < ROWS - 100 * batch; row++) {
        rows.add(values());
      }
      ofBatches.take(batch(rows));
      for (int row = 0; row < rows.size(); row++) {
        content.take(unsafe(rows.get(row)));
        assertThat(ofBatches.all(row)).as("seed %d, row %d", SEED, row).isEqualTo(content.all(0));
        assertThat(ofBatches.ofWatched(row)).isEqualTo(content.ofWatched(0));
      }
    }
  }

  @Test
  void differsWhereAnyValueDoes() {
    Object[] values = values();
    content.take(unsafe(values));
    long all = content.all(0);
    long ofWatched = content.ofWatched(0);
    for (int column = 0; column < COLUMNS; column++) {
      Object[] other = values.clone();
      String name = SCHEMA.fieldNames()[column];
      while (Objects.equals(other[column], values[column])) {
        other[column] = value(SCHEMA.apply(column).dataType());
      }
      content.take(unsafe(other));
      assertThat(content.all(0)).as("seed %d, %s", SEED, name).isNotEqualTo(all);
      assertThat(content.ofWatched(0) != ofWatched).as(name).isEqualTo(WATCHED.contains(name));
    }
  }

  @Test
  void tellsAValueFromTheSameInAnotherColumn() {
    Object[] values = new Object[COLUMNS];
    long[] all = new long[2];
    int[] columns = {
      SCHEMA.fieldIndex(SilverColumns.UTM_SOURCE), SCHEMA.fieldIndex(SilverColumns.UTM_MEDIUM)
    };
    for (int i = 0; i < columns.length; i++) {
      Arrays.fill(values, null);
      values[columns[i]] = UTF8String.fromString("autumn");
      content.take(unsafe(values));
      all[i] = content.all(0);
    }
    assertThat(all[0]).isNotEqualTo(all[1]);
  }

  private Object[] values() {
    return Arrays.stream(SCHEMA.fields()).map(field -> value(field.dataType())).toArray();
  }

  private Object value(DataType type) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    return switch (type.simpleString()) {
      case "string" -> UTF8String.fromString("text " + random.nextInt(40));
      case "bigint", "timestamp" -> random.nextLong();
      case "int", "date" -> random.nextInt();
      case "double" -> random.nextDouble();
      case "boolean" -> random.nextBoolean();
      case "array<string>" -> texts();
      case "decimal(9,2)" -> Decimal.apply(random.nextInt(1_000_000), 9, 2);
      case "decimal(38,2)" -> Decimal.apply(new BigDecimal(new BigInteger(120, random), 2), 38, 2);
      default -> Decimal.apply(random.nextInt(), 18, 6);
    };
  }

  private UnsafeArrayData texts() {
    Object[] texts = new Object[random.nextInt(3)];
    Arrays.setAll(texts, i -> UTF8String.fromString("flag " + random.nextInt(40)));
    UnsafeProjection row =
        UnsafeProjection.create(new DataType[] {DataTypes.createArrayType(DataTypes.StringType)});
    return row.apply(new GenericInternalRow(new Object[] {new GenericArrayData(texts)}))
        .getArray(0)
        .copy();
  }

  private static InternalRow unsafe(Object[] values) {
    return UnsafeProjection.create(SCHEMA).apply(new GenericInternalRow(values));
  }

  /** Every other column of texts has its texts in a dictionary. */
  private static ColumnarBatch batch(List<Object[]> rows) {
    OnHeapColumnVector[] columns = OnHeapColumnVector.allocateColumns(rows.size(), SCHEMA);
    for (int column = 0; column < COLUMNS; column++) {
      List<UTF8String> dictionary = new ArrayList<>();
      boolean numbered =
          column % 2 == 0 && SCHEMA.apply(column).dataType().simpleString().equals("string");
      WritableColumnVector numbers =
          numbered ? columns[column].reserveDictionaryIds(rows.size()) : null;
      for (int row = 0; row < rows.size(); row++) {
        Object value = rows.get(row)[column];
        if (value == null) {
          columns[column].putNull(row);
        } else if (numbered) {
          UTF8String text = (UTF8String) value;
          if (!dictionary.contains(text)) {
            dictionary.add(text);
          }
          numbers.putInt(row, dictionary.indexOf(text));
        } else {
          put(columns[column], row, value);
        }
      }
      if (numbered) {
        columns[column].setDictionary(new Texts(dictionary));
      }
    }
    return new ColumnarBatch(columns, rows.size());
  }

  private static void put(WritableColumnVector column, int row, Object value) {
    if (value instanceof UTF8String text) {
      column.putByteArray(row, text.toString().getBytes(StandardCharsets.UTF_8));
    } else if (value instanceof Long number) {
      column.putLong(row, number);
    } else if (value instanceof Integer number) {
      column.putInt(row, number);
    } else if (value instanceof Double number) {
      column.putDouble(row, number);
    } else if (value instanceof Boolean bool) {
      column.putBoolean(row, bool);
    } else if (value instanceof ArrayData texts) {
      int first = column.arrayData().getElementsAppended();
      for (int i = 0; i < texts.numElements(); i++) {
        byte[] text = texts.getUTF8String(i).getBytes();
        column.arrayData().appendByteArray(text, 0, text.length);
      }
      column.putArray(row, first, texts.numElements());
    } else {
      column.putDecimal(row, (Decimal) value, ((DecimalType) column.dataType()).precision());
    }
  }

  private record Texts(List<UTF8String> texts) implements Dictionary {
    @Override
    public int decodeToInt(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long decodeToLong(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public float decodeToFloat(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double decodeToDouble(int id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] decodeToBinary(int id) {
      return texts.get(id).getBytes();
    }
  }
}
