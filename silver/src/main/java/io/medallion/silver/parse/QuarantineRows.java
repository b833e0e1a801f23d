package io.medallion.silver.parse;

import static io.medallion.lakehouse.schema.TableDefinition.QUARANTINE;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.medallion.common.contract.Contract;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.Reason;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.QuarantineColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.silver.source.RowPosition;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.unsafe.types.UTF8String;

/** Rows of the quarantine table: a record as it came, and why it is there. */
public final class QuarantineRows {
  private static final Reason CONFLICT =
      new Reason(
          ReasonCode.ID_CONFLICT,
          SilverColumns.EVENT_ID,
          "an earlier event has this id and time, and another payload");

  /** What of a record is its sender's, and not to be held where consent is asked for. */
  private static final Set<String> BYTES =
      Set.of(BronzeColumns.KEY, BronzeColumns.VALUE, BronzeColumns.HEADERS);

  /** Why an erased person's record is there: for its place alone. */
  static final Reason ERASED =
      new Reason(ReasonCode.ERASED, null, "of an erased person: nothing of it is kept");

  /** Why a record is there of which bronze keeps the place alone. */
  static final Reason PRUNED =
      new Reason(ReasonCode.PRUNED, null, "bronze.retention has removed what it said");

  private QuarantineRows() {}

  /**
   * Makes them of Spark's inner rows, without a query that would be planned for every chunk.
   *
   * @param columns what the rows given to it have
   * @param others what they do not have, the same for all, as Spark stores it
   */
  record Maker(List<String> columns, Map<String, Object> others) implements Serializable {

    /** A row for each; one is valid until the next. */
    Iterator<InternalRow> rows(Iterator<InternalRow> given) {
      StructField[] fields = QUARANTINE.schema().fields();
      int[] places = Arrays.stream(fields).mapToInt(f -> columns.indexOf(f.name())).toArray();
      Object[] values = Arrays.stream(fields).map(f -> others.get(f.name())).toArray();
      UnsafeProjection compact = UnsafeProjection.create(QUARANTINE.schema());
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return given.hasNext();
        }

        @Override
        public InternalRow next() {
          InternalRow row = given.next();
          for (int field = 0; field < fields.length; field++) {
            int place = places[field];
            if (place >= 0) {
              // Rows that are views of columns do not look for nulls themselves.
              values[field] = row.isNullAt(place) ? null : row.get(place, fields[field].dataType());
            }
          }
          return compact.apply(new GenericInternalRow(values));
        }
      };
    }
  }

  /**
   * Of parsed records that break rules.
   *
   * @param nowMicros when they get there, since 1970
   */
  static Maker ofParsed(ParsedSchema parsed, long nowMicros) {
    return new Maker(
        List.of(parsed.schema().fieldNames()), Map.of(QuarantineColumns.QUARANTINED_AT, nowMicros));
  }

  /**
   * Of records, as a judge is given them, that claim the identity of an earlier event.
   *
   * @param contract the user's
   * @param given the columns of such records
   * @param nowMicros when they get there, since 1970
   */
  static Maker ofConflicting(Contract contract, List<String> given, long nowMicros) {
    Map<String, Object> others = new HashMap<>();
    others.put(QuarantineColumns.QUARANTINED_AT, nowMicros);
    others.put(QuarantineColumns.RULES_VERSION, EventRules.RULES_VERSION);
    others.put(QuarantineColumns.CONTRACT_VERSION, UTF8String.fromString(contract.version()));
    others.put(QuarantineColumns.REASONS, RecordTransformer.reasons(List.of(CONFLICT)));
    List<String> columns =
        given.stream()
            .map(name -> contract.isWithholding() && BYTES.contains(name) ? "" : name)
            .toList();
    return new Maker(columns, others);
  }

  /** Whether a row of quarantine is there for its identity. */
  public static Column isConflict() {
    return col(QuarantineColumns.REASONS)
        .getItem(0)
        .getField(QuarantineColumns.REASON_CODE)
        .equalTo(ReasonCode.ID_CONFLICT.name());
  }

  /** Whether a row of quarantine stands for an erased record. */
  public static Column isErased() {
    return col(QuarantineColumns.REASONS)
        .getItem(0)
        .getField(QuarantineColumns.REASON_CODE)
        .equalTo(ReasonCode.ERASED.name());
  }

  /** Whether a row of quarantine holds something of what its record says. */
  public static Column tells() {
    Column says =
        exists(
            col(QuarantineColumns.REASONS),
            reason ->
                reason
                    .getField(QuarantineColumns.REASON_MESSAGE)
                    .isNotNull()
                    .and(ownWords(reason).unary_$bang()));
    for (String name : BYTES) {
      says = says.or(col(name).isNotNull());
    }
    return says;
  }

  /** Whether a reason's message is the program's own, and the same for all. */
  private static Column ownWords(Column reason) {
    return reason
        .getField(QuarantineColumns.REASON_CODE)
        .isin(CONFLICT.code().name(), ERASED.code().name(), PRUNED.code().name());
  }

  /** Rows of quarantine without what their records say; as they were judged. */
  public static Dataset<Row> withheld(Dataset<Row> rows) {
    Dataset<Row> held = rows;
    for (String name : BYTES) {
      held = held.withColumn(name, lit(null).cast(QUARANTINE.schema().apply(name).dataType()));
    }
    return held.withColumn(
            QuarantineColumns.REASONS,
            transform(
                col(QuarantineColumns.REASONS),
                reason ->
                    struct(
                        reason
                            .getField(QuarantineColumns.REASON_CODE)
                            .as(QuarantineColumns.REASON_CODE),
                        reason
                            .getField(QuarantineColumns.REASON_FIELD)
                            .as(QuarantineColumns.REASON_FIELD),
                        when(ownWords(reason), reason.getField(QuarantineColumns.REASON_MESSAGE))
                            .as(QuarantineColumns.REASON_MESSAGE))))
        .select(QUARANTINE.columns());
  }

  /** Whether reasons, as Spark stores them, say that retention has removed what it said. */
  public static boolean isPruned(ArrayData reasons) {
    return reasons.numElements() == 1 && isText(reasons, 0, PRUNED.code().name());
  }

  /** Whether reasons, as Spark stores them, say that it is there for its identity, and no more. */
  public static boolean isConflict(ArrayData reasons) {
    return reasons.numElements() == 1
        && isText(reasons, 0, CONFLICT.code().name())
        && isText(reasons, 1, CONFLICT.field())
        && isText(reasons, 2, CONFLICT.message());
  }

  private static boolean isText(ArrayData reasons, int part, String text) {
    InternalRow reason = reasons.getStruct(0, 3);
    return !reason.isNullAt(part) && reason.getUTF8String(part).toString().equals(text);
  }

  private static Dataset<Row> refused(Dataset<Row> records, Contract contract, Instant now) {
    Dataset<Row> held = records;
    if (contract.isWithholding()) {
      for (String name : BYTES) {
        held = held.withColumn(name, lit(null).cast(QUARANTINE.schema().apply(name).dataType()));
      }
    }
    return held.withColumn(QuarantineColumns.RULES_VERSION, lit(EventRules.RULES_VERSION))
        .withColumn(QuarantineColumns.CONTRACT_VERSION, lit(contract.version()))
        .withColumn(QuarantineColumns.QUARANTINED_AT, lit(now))
        .select(QUARANTINE.columns());
  }

  /**
   * How many rows quarantine will hold, by the code of their first reason.
   *
   * @param quarantine its rows now
   * @param released those of them that leave
   * @param restated those of them that take the place of theirs
   */
  public static Map<String, Long> byFirstReason(
      Dataset<Row> quarantine, Dataset<Row> released, Dataset<Row> restated) {
    return byFirstReason(
        RowPosition.notAmong(RowPosition.notAmong(quarantine, released), restated)
            .select(QuarantineColumns.REASONS)
            .unionByName(restated.select(QuarantineColumns.REASONS)));
  }

  /** How many of some rows of quarantine there are, by the code of their first reason. */
  public static Map<String, Long> byFirstReason(Dataset<Row> rows) {
    Map<String, Long> counts = new HashMap<>();
    rows.groupBy(col(QuarantineColumns.REASONS).getItem(0).getField(QuarantineColumns.REASON_CODE))
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  /**
   * Of records, as bronze has them, that claim the identity of an earlier event.
   *
   * @param contract the user's
   */
  public static Dataset<Row> conflicts(Dataset<Row> records, Contract contract, Instant now) {
    return refused(
        records.withColumn(
            QuarantineColumns.REASONS,
            array(
                struct(
                    lit(CONFLICT.code().name()).as(QuarantineColumns.REASON_CODE),
                    lit(CONFLICT.field()).as(QuarantineColumns.REASON_FIELD),
                    lit(CONFLICT.message()).as(QuarantineColumns.REASON_MESSAGE)))),
        contract,
        now);
  }

  /**
   * What stays of records, as bronze or quarantine has them, of erased persons.
   *
   * @param contract the user's
   */
  public static Dataset<Row> erased(Dataset<Row> records, Contract contract, Instant now) {
    Dataset<Row> emptied = records;
    for (String name : BYTES) {
      emptied =
          emptied.withColumn(name, lit(null).cast(QUARANTINE.schema().apply(name).dataType()));
    }
    String message = contract.isWithholding() ? null : ERASED.message();
    return refused(
        emptied.withColumn(
            QuarantineColumns.REASONS,
            array(
                struct(
                    lit(ERASED.code().name()).as(QuarantineColumns.REASON_CODE),
                    lit(ERASED.field()).cast("string").as(QuarantineColumns.REASON_FIELD),
                    lit(message).cast("string").as(QuarantineColumns.REASON_MESSAGE)))),
        contract,
        now);
  }
}
