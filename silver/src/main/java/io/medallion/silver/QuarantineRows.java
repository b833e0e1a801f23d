package io.medallion.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.medallion.common.event.EventRules;
import io.medallion.common.event.ReasonCode;
import io.medallion.lakehouse.QuarantineColumns;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import java.time.Instant;
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
