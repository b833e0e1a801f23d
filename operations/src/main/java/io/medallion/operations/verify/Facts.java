package io.medallion.operations.verify;

import io.medallion.lakehouse.spark.SparkInternals;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** What one row of a table says of its position of Kafka: a row of numbers. */
@SuppressWarnings("EnumOrdinal") // The columns of rows that live as long as one query.
final class Facts implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The columns of such a row. */
  enum Fact {
    PLACE,
    OFFSET,
    IN_BRONZE,
    IN_SILVER,
    IN_QUARANTINE,
    BITS,
    CONTENT,
    CONTENT_BY_PREVIOUS,
    LINEAGE,
    LOCATION,
    DATABASE,
    NETWORK,
    NETWORK_DATABASE,
    RECORD,
    BYTES,
    REASONS,
    COMMIT_SEQ,
    ID,
    MICROS,
    FINGERPRINT
  }

  private final long[] values = new long[Fact.values().length];

  static StructType schema() {
    StructType schema = new StructType();
    for (Fact fact : Fact.values()) {
      schema = schema.add(fact.name().toLowerCase(Locale.ROOT), DataTypes.LongType, false);
    }
    return schema;
  }

  Facts set(Fact fact, long value) {
    values[fact.ordinal()] = value;
    return this;
  }

  Facts set(Bit bit, boolean holds) {
    if (holds) {
      values[Fact.BITS.ordinal()] |= bit.value();
    }
    return this;
  }

  /** The hash of an event's id. */
  static long id(UTF8String eventId) {
    return SparkInternals.xxHash64(eventId, SparkInternals.XXHASH64_SEED);
  }

  InternalRow row() {
    return new GenericInternalRow(Arrays.stream(values).boxed().toArray());
  }
}
