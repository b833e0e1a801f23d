package io.medallion.silver.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.medallion.common.event.AnonymizedBytes;
import io.medallion.lakehouse.schema.SilverColumns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeArrayWriter;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowWriter;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Silver's columns as the JSON that bronze holds of an {@linkplain AnonymizedBytes anonymized}
 * event, and back: texts as they are, times in microseconds and dates in days since 1970, decimals
 * as numbers. A column that is null is not there. Lineage is the record's, versions, days and what
 * the contract computes are the program's, and not in it.
 *
 * <p>What an event said is taken as it was parsed and enriched once: an address that is gone cannot
 * be located again.
 */
public final class AnonymizedColumns implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of silver's columns those that the JSON does not have. */
  private static final Set<String> OTHERS =
      Set.of(
          SilverColumns.LOCAL_DATE,
          SilverColumns.RULES_VERSION,
          SilverColumns.CONTRACT_VERSION,
          SilverColumns.SOURCE_EPOCH,
          SilverColumns.TOPIC,
          SilverColumns.PARTITION,
          SilverColumns.OFFSET,
          SilverColumns.EVENT_INDEX,
          SilverColumns.COMMIT_SEQ,
          SilverColumns.KAFKA_TIMESTAMP,
          SilverColumns.INGESTED_AT,
          SilverColumns.EVENT_DATE);

  private static final JsonFactory JSON = new JsonFactory();

  private final StructField[] fields;
  private final HashMap<String, Integer> places = new HashMap<>();
  private final boolean[] needed;

  /**
   * @param silver the table's columns
   * @param computed the names of those that the contract computes, which are computed again
   */
  public AnonymizedColumns(StructType silver, Set<String> computed) {
    this.fields = silver.fields();
    this.needed = new boolean[fields.length];
    for (int i = 0; i < fields.length; i++) {
      if (!OTHERS.contains(fields[i].name()) && !computed.contains(fields[i].name())) {
        places.put(fields[i].name(), i);
        needed[i] = !fields[i].nullable();
      }
    }
  }

  /** Whether the JSON has a column. */
  public boolean has(String column) {
    return places.containsKey(column);
  }

  /**
   * The JSON of a row.
   *
   * @param row by column, what Spark stores of it; texts as {@link String}
   */
  public byte[] json(Object[] row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      for (int i = 0; i < fields.length; i++) {
        if (row[i] != null && has(fields[i].name())) {
          json.writeFieldName(fields[i].name());
          write(json, row[i]);
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written to", e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Boolean is) {
      json.writeBoolean(is);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof Decimal decimal) {
      json.writeNumber(decimal.toJavaBigDecimal());
    } else if (value instanceof String[] texts) {
      json.writeArray(texts, 0, texts.length);
    } else {
      throw new IllegalStateException("silver holds a " + value.getClass());
    }
  }

  /** The values of a row of silver, as {@link #json} takes them. */
  public Object[] values(InternalRow row) {
    Object[] values = new Object[fields.length];
    for (int i = 0; i < fields.length; i++) {
      if (!row.isNullAt(i) && has(fields[i].name())) {
        values[i] = value(row, i, fields[i].dataType());
      }
    }
    return values;
  }

  private static Object value(InternalRow row, int i, DataType type) {
    if (type instanceof StringType) {
      return row.getUTF8String(i).toString();
    }
    if (type instanceof ArrayType) {
      return texts(row.getArray(i));
    }
    return row.get(i, type);
  }

  private static String[] texts(ArrayData array) {
    String[] texts = new String[array.numElements()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = array.isNullAt(i) ? null : array.getUTF8String(i).toString();
    }
    return texts;
  }

  /**
   * Reads what bronze holds.
   *
   * @return the values, as {@link #json} takes them
   * @throws IllegalStateException if it is none of these, which its seal says that it is
   */
  Object[] read(byte[] value) {
    Object[] values = new Object[fields.length];
    try (JsonParser json = JSON.createParser(value)) {
      json.nextToken();
      for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
        Integer place = places.get(name);
        JsonToken token = json.nextToken();
        if (place == null) {
          json.skipChildren();
        } else {
          values[place] = value(json, token, fields[place].dataType());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("an anonymized event is no JSON", e);
    }
    for (int i = 0; i < values.length; i++) {
      if (needed[i] && values[i] == null) {
        throw new IllegalStateException("an anonymized event has no " + fields[i].name());
      }
    }
    return values;
  }

  /** Null for a value that the type has not, such as a column had before it was declared anew. */
  private static Object value(JsonParser json, JsonToken token, DataType type) throws IOException {
    if (token == JsonToken.START_ARRAY) {
      List<String> texts = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        texts.add(json.currentToken() == JsonToken.VALUE_NULL ? null : json.getText());
      }
      return type instanceof ArrayType ? texts.toArray(String[]::new) : null;
    }
    if (token == JsonToken.VALUE_STRING) {
      return type instanceof StringType ? json.getText() : null;
    }
    if (token.isBoolean()) {
      return type.equals(DataTypes.BooleanType) ? json.getBooleanValue() : null;
    }
    if (!token.isNumeric() || type instanceof StringType || type instanceof ArrayType) {
      return null;
    }
    return number(json.getDecimalValue(), type);
  }

  private static Object number(BigDecimal number, DataType type) {
    try {
      if (type instanceof DecimalType decimal) {
        BigDecimal scaled = number.setScale(decimal.scale(), RoundingMode.UNNECESSARY);
        return scaled.precision() > decimal.precision()
            ? null
            : Decimal.apply(scaled, decimal.precision(), decimal.scale());
      }
      if (type.equals(DataTypes.DoubleType)) {
        return number.doubleValue();
      }
      if (type.equals(DataTypes.IntegerType) || type.equals(DataTypes.DateType)) {
        return number.intValueExact();
      }
      return type.equals(DataTypes.BooleanType) ? null : (Object) number.longValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** Writes the columns that it has, but for the flags. */
  void write(Object[] values, UnsafeRowWriter row) {
    places.forEach(
        (name, place) -> {
          if (!name.equals(SilverColumns.FLAGS)) {
            write(values[place], fields[place].dataType(), row, place);
          }
        });
  }

  private static void write(Object value, DataType type, UnsafeRowWriter row, int i) {
    if (value == null) {
      row.setNullAt(i);
    } else if (value instanceof String text) {
      row.write(i, UTF8String.fromString(text));
    } else if (value instanceof Boolean is) {
      row.write(i, (boolean) is);
    } else if (value instanceof Integer number) {
      row.write(i, (int) number);
    } else if (value instanceof Long number) {
      row.write(i, (long) number);
    } else if (value instanceof Double number) {
      row.write(i, (double) number);
    } else if (value instanceof Decimal number) {
      DecimalType decimal = (DecimalType) type;
      row.write(i, number, decimal.precision(), decimal.scale());
    } else {
      writeTexts((String[]) value, row, i);
    }
  }

  private static void writeTexts(String[] texts, UnsafeRowWriter row, int column) {
    int before = row.cursor();
    UnsafeArrayWriter array = new UnsafeArrayWriter(row, Long.BYTES);
    array.initialize(texts.length);
    for (int i = 0; i < texts.length; i++) {
      if (texts[i] == null) {
        array.setNull8Bytes(i);
      } else {
        array.write(i, UTF8String.fromString(texts[i]));
      }
    }
    row.setOffsetAndSizeFromPreviousCursor(column, before);
  }
}
