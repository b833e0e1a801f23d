package io.medallion.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.medallion.common.event.EventRules;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of the quarantine table: a record as it came, and why it is there. */
final class QuarantineRows {
  private QuarantineRows() {}

  /** Of judged records that break rules. */
  static Dataset<Row> refused(Dataset<Row> judged, Instant now) {
    return judged
        .withColumn(QuarantineColumns.RULES_VERSION, lit(EventRules.RULES_VERSION))
        .withColumn(QuarantineColumns.QUARANTINED_AT, lit(now))
        .select(TableDefinition.QUARANTINE.columns());
  }

  /**
   * How many rows quarantine will hold, by the code of their first reason.
   *
   * @param quarantine its rows now
   * @param released those of them that leave
   * @param restated those of them that take the place of theirs
   */
  static Map<String, Long> byFirstReason(
      Dataset<Row> quarantine, Dataset<Row> released, Dataset<Row> restated) {
    Column code =
        col(QuarantineColumns.REASONS)
            .getItem(0)
            .getField(QuarantineColumns.REASON_CODE)
            .as(QuarantineColumns.REASON_CODE);
    Map<String, Long> counts = new HashMap<>();
    RowPosition.notAmong(RowPosition.notAmong(quarantine, released), restated)
        .select(code)
        .unionByName(restated.select(code))
        .groupBy(col(QuarantineColumns.REASON_CODE))
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  /** Of records, as bronze has them, that claim the identity of an earlier event. */
  static Dataset<Row> conflicts(Dataset<Row> records, Instant now) {
    return refused(
        records.withColumn(
            QuarantineColumns.REASONS,
            array(
                struct(
                    lit(ReasonCode.ID_CONFLICT.name()).as(QuarantineColumns.REASON_CODE),
                    lit(SilverColumns.EVENT_ID).as(QuarantineColumns.REASON_FIELD),
                    lit("an earlier event has this id and time, and another payload")
                        .as(QuarantineColumns.REASON_MESSAGE)))),
        now);
  }
}
