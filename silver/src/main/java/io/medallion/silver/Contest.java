package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.lakehouse.SilverColumns;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Which of the records of one identity is the event: the same verdicts as {@link Verdicts}, over
 * datasets of any size that hold all of them.
 */
final class Contest {
  /** The column that {@link #decide} adds. */
  static final String VERDICT = "verdict";

  static final String EVENT = "event";
  static final String DUPLICATE = "duplicate";
  static final String CONFLICT = "conflict";

  /** Stands before the identity in a sort, which then rarely compares texts. */
  private static final String HASH = "identity_hash";

  private static final String PLACE = "place";
  private static final String ORIGINAL = "original";

  private Contest() {}

  /** What is needed of a record to decide, and where it is. */
  static Column[] columns() {
    return new Column[] {
      col(SilverColumns.EVENT_ID),
      col(SilverColumns.EVENT_TIME),
      col(SilverColumns.EVENT_DATE),
      col(SilverColumns.FINGERPRINT),
      col(SilverColumns.SEQ),
      col(SilverColumns.SOURCE_EPOCH),
      col(SilverColumns.TOPIC),
      col(SilverColumns.PARTITION),
      col(SilverColumns.OFFSET)
    };
  }

  /** Adds the verdict to records that have {@link #columns}; all copies must be among them. */
  static Dataset<Row> decide(Dataset<Row> contenders) {
    WindowSpec bronzeOrder =
        Window.partitionBy(HASH, SilverColumns.EVENT_ID, SilverColumns.EVENT_TIME)
            .orderBy(
                SilverColumns.SEQ,
                SilverColumns.TOPIC,
                SilverColumns.PARTITION,
                SilverColumns.OFFSET);
    return contenders
        .withColumn(HASH, xxhash64(col(SilverColumns.EVENT_ID), col(SilverColumns.EVENT_TIME)))
        .withColumn(PLACE, row_number().over(bronzeOrder))
        .withColumn(ORIGINAL, first(col(SilverColumns.FINGERPRINT)).over(bronzeOrder))
        .withColumn(
            VERDICT,
            when(col(PLACE).equalTo(1), lit(EVENT))
                .when(col(SilverColumns.FINGERPRINT).equalTo(col(ORIGINAL)), lit(DUPLICATE))
                .otherwise(lit(CONFLICT)))
        .drop(HASH, PLACE, ORIGINAL);
  }
}
