package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The type of a value: as Spark computes it, as Java keeps it in a partial aggregate, and as
 * Postgres stores it.
 *
 * @param kind what it is
 * @param scale digits after the point; 0 for all but decimals
 */
public record ValueType(Kind kind, int scale) implements Serializable {
  /** Kinds of values, and the type of each in Postgres. */
  public enum Kind {
    /** {@link UTF8String}, compared by its bytes. */
    TEXT("text COLLATE \"C\""),
    /** {@link Boolean}. */
    BOOLEAN("boolean"),
    /** {@link Long}. */
    INTEGER("integer"),
    /** {@link Long}. */
    BIGINT("bigint"),
    /** {@link BigDecimal} of the type's scale. */
    DECIMAL("numeric"),
    /** {@link Long}, microseconds since 1970. */
    TIME("timestamptz"),
    /** {@link Long}, days since 1970. */
    DAY("date"),
    /** {@link Long}, microseconds. */
    INTERVAL("interval"),
    /** {@link Double}, negative zero excluded. */
    DOUBLE("double precision"),
    /** A list of {@link UTF8String}. */
    TEXTS("text[]"),
    /** A list of {@link Long}, microseconds since 1970. */
    TIMES("timestamptz[]"),
    /** A sorted list of {@link java.util.UUID}. */
    HASHES("uuid[]");

    private final String postgres;

    Kind(String postgres) {
      this.postgres = postgres;
    }
  }

  public static final ValueType TEXT = new ValueType(Kind.TEXT, 0);
  public static final ValueType BOOLEAN = new ValueType(Kind.BOOLEAN, 0);
  public static final ValueType BIGINT = new ValueType(Kind.BIGINT, 0);
  public static final ValueType TIME = new ValueType(Kind.TIME, 0);
  public static final ValueType DAY = new ValueType(Kind.DAY, 0);
  public static final ValueType DOUBLE = new ValueType(Kind.DOUBLE, 0);
  public static final ValueType TEXTS = new ValueType(Kind.TEXTS, 0);
  public static final ValueType TIMES = new ValueType(Kind.TIMES, 0);
  public static final ValueType HASHES = new ValueType(Kind.HASHES, 0);

  /** The most digits that a decimal has in Spark, and so in Postgres. */
  private static final int MOST_DIGITS = 38;

  /** A decimal of so many digits after the point. */
  public static ValueType decimal(int scale) {
    return new ValueType(Kind.DECIMAL, scale);
  }

  /** The type of Spark's values of a type; empty for those that a mart cannot hold. */
  public static Optional<ValueType> of(DataType type) {
    if (type instanceof StringType) {
      return Optional.of(TEXT);
    } else if (type instanceof DecimalType decimal) {
      return Optional.of(decimal(decimal.scale()));
    } else if (type instanceof BooleanType) {
      return Optional.of(BOOLEAN);
    } else if (type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType) {
      return Optional.of(new ValueType(Kind.INTEGER, 0));
    } else if (type instanceof LongType) {
      return Optional.of(BIGINT);
    } else if (type instanceof TimestampType) {
      return Optional.of(TIME);
    } else if (type instanceof DateType) {
      return Optional.of(DAY);
    } else if (type instanceof DayTimeIntervalType) {
      return Optional.of(new ValueType(Kind.INTERVAL, 0));
    } else if (type instanceof DoubleType || type instanceof FloatType) {
      return Optional.of(DOUBLE);
    } else if (type instanceof ArrayType array && array.elementType() instanceof StringType) {
      return Optional.of(TEXTS);
    }
    return Optional.empty();
  }

  /** The type of a column in Postgres. */
  public String postgres() {
    return kind == Kind.DECIMAL ? "numeric(%d, %d)".formatted(MOST_DIGITS, scale) : kind.postgres;
  }

  /**
   * The value of a row, which may be overwritten afterwards.
   *
   * @return null for a null
   */
  public Object get(InternalRow row, int ordinal, DataType type) {
    if (row.isNullAt(ordinal)) {
      return null;
    }
    return switch (kind) {
      case TEXT -> row.getUTF8String(ordinal).copy();
      case BOOLEAN -> row.getBoolean(ordinal);
      case INTEGER -> integer(row, ordinal, type);
      case DAY -> (long) row.getInt(ordinal);
      case BIGINT, TIME, INTERVAL -> row.getLong(ordinal);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        // Equal values may come with other scales, and would be other keys.
        yield row.getDecimal(ordinal, decimal.precision(), decimal.scale())
            .toJavaBigDecimal()
            .setScale(scale);
      }
      case DOUBLE ->
          // Of two zeros that are equal the one that came first would stay.
          0.0d + (type instanceof FloatType ? row.getFloat(ordinal) : row.getDouble(ordinal));
      case TEXTS, TIMES, HASHES -> throw new IllegalStateException("no single value: " + kind);
    };
  }

  private static long integer(InternalRow row, int ordinal, DataType type) {
    if (type instanceof IntegerType) {
      return row.getInt(ordinal);
    }
    return type instanceof ShortType ? row.getShort(ordinal) : row.getByte(ordinal);
  }

  /** A value as Postgres writes it. */
  public String text(Object value) {
    return switch (kind) {
      case DECIMAL -> ((BigDecimal) value).toPlainString();
      case DAY -> LocalDate.ofEpochDay((Long) value).toString();
      default -> value.toString();
    };
  }

  /** The order of two values, neither null; that of Spark, and of Postgres. */
  @SuppressWarnings("unchecked")
  public int compare(Object a, Object b) {
    return ((Comparable<Object>) a).compareTo(b);
  }

  /** Appends a value, or a null, as a field of a row. */
  @SuppressWarnings("unchecked")
  public void write(CopyBuffer buffer, Object value) {
    if (value == null) {
      buffer.nothing();
      return;
    }
    switch (kind) {
      case TEXT -> buffer.utf8((UTF8String) value);
      case BOOLEAN -> buffer.bool((Boolean) value);
      case INTEGER -> buffer.integer(Math.toIntExact((Long) value));
      case BIGINT -> buffer.bigint((Long) value);
      case DECIMAL -> buffer.decimal((BigDecimal) value, scale);
      case TIME -> buffer.time((Long) value);
      case DAY -> buffer.day((Long) value);
      case INTERVAL -> buffer.interval((Long) value);
      case DOUBLE -> buffer.float8((Double) value);
      case TEXTS -> buffer.utf8Texts((java.util.List<UTF8String>) value);
      case TIMES -> buffer.times((java.util.List<Long>) value);
      case HASHES -> buffer.uuids((java.util.Collection<java.util.UUID>) value);
    }
  }
}
