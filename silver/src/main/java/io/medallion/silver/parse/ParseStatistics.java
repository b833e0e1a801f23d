package io.medallion.silver.parse;

import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.StructType;

/**
 * What is told of parsed records and decides nothing: how many came late, their flags, and why
 * refused.
 */
public final class ParseStatistics implements Serializable {
  private static final long serialVersionUID = 1;
  private static final StructType SILVER = TableDefinition.SILVER.schema();
  private static final int EVENT_TIME = SILVER.fieldIndex(SilverColumns.EVENT_TIME);
  private static final int KAFKA_TIMESTAMP = SILVER.fieldIndex(SilverColumns.KAFKA_TIMESTAMP);
  private static final int FLAGS = SILVER.fieldIndex(SilverColumns.FLAGS);
  private static final int REASON_FIELDS = 3;

  /** As in gold's sessions. */
  private static final long LATE_MICROS = 120_000_000L;

  private final Map<ReasonCode, Long> reasons = new EnumMap<>(ReasonCode.class);
  private final Map<ReasonCode, Long> firstReasons = new EnumMap<>(ReasonCode.class);
  private final Map<String, Long> flags = new HashMap<>();
  private long late;
  private long records;

  /** Counts a record, which may hold several events. */
  void record() {
    records++;
  }

  void good(InternalRow row) {
    if (!row.isNullAt(KAFKA_TIMESTAMP)
        && row.getLong(KAFKA_TIMESTAMP) - row.getLong(EVENT_TIME) > LATE_MICROS) {
      late++;
    }
    addFlags(row, flags);
  }

  /** Counts the flags of a row of silver. */
  static void addFlags(InternalRow row, Map<String, Long> flags) {
    if (!row.isNullAt(FLAGS)) {
      ArrayData given = row.getArray(FLAGS);
      for (int i = 0; i < given.numElements(); i++) {
        flags.merge(given.getUTF8String(i).toString(), 1L, Long::sum);
      }
    }
  }

  void refused(ArrayData given) {
    Set<ReasonCode> codes = EnumSet.noneOf(ReasonCode.class);
    for (int i = 0; i < given.numElements(); i++) {
      codes.add(code(given, i));
    }
    firstReasons.merge(code(given, 0), 1L, Long::sum);
    codes.forEach(code -> reasons.merge(code, 1L, Long::sum));
  }

  private static ReasonCode code(ArrayData reasons, int place) {
    return ReasonCode.valueOf(reasons.getStruct(place, REASON_FIELDS).getUTF8String(0).toString());
  }

  void add(ParseStatistics other) {
    late += other.late;
    records += other.records;
    other.flags.forEach((flag, records) -> flags.merge(flag, records, Long::sum));
    other.reasons.forEach((code, records) -> reasons.merge(code, records, Long::sum));
    other.firstReasons.forEach((code, records) -> firstReasons.merge(code, records, Long::sum));
  }

  /** How many records there are; the other counts are of events. */
  long records() {
    return records;
  }

  /** Good records that reached Kafka more than two minutes after they happened. */
  long late() {
    return late;
  }

  /** How many good records bear each flag. */
  Map<String, Long> flags() {
    return flags;
  }

  /** How many records each reason was given for; one that has several counts for each. */
  Map<ReasonCode, Long> reasons() {
    return reasons;
  }

  /** How many records were refused, each by its first reason. */
  Map<ReasonCode, Long> firstReasons() {
    return firstReasons;
  }
}
