package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.common.event.UtcDay;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A year of silver's rows, generated directly: evenly spread, in files that each cover about a day.
 *
 * @param end when it ends
 */
record GeneratedYear(Instant end) {
  static final int DAYS = 365;

  static GeneratedYear upToNow() {
    return new GeneratedYear(Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  /** Begins a commit that fills a table; its own counters are still to be set. */
  TableCommit fill(LakeTable silver, SparkSession session, long rows) {
    double step = (double) DAYS * UtcDay.MICROS / rows;
    Column id = col("id");
    Column time =
        timestamp_micros(
            lit(micros(end) - DAYS * UtcDay.MICROS).plus(id.multiply(step)).cast("long"));
    return silver
        .begin(session)
        .append(InternalRowDatasets.of(events(session.range(0, rows, 1, DAYS).toDF(), id, time)))
        .set(TableState.ROWS, rows)
        .set(TableState.NEWEST, micros(end));
  }

  /**
   * Page views.
   *
   * @param ids has the columns that the others name
   * @param id another one for each event
   * @param time when it happened, and reached Kafka
   */
  static Dataset<Row> events(Dataset<Row> ids, Column id, Column time) {
    Map<String, Column> values = new TreeMap<>();
    values.put(SilverColumns.EVENT_ID, hex(xxhash64(id)));
    values.put(SilverColumns.EVENT_TIME, time);
    values.put(SilverColumns.SITE, lit("generated"));
    values.put(SilverColumns.LOCAL_DATE, time.cast("date"));
    values.put(SilverColumns.EVENT_TYPE, lit("page_view"));
    values.put(SilverColumns.VISITOR, concat(lit("u"), id.mod(100_000)));
    values.put(SilverColumns.PAGE, concat(lit("/p/"), id.mod(1_000)));
    values.put(SilverColumns.IS_BOT, lit(false));
    values.put(SilverColumns.FINGERPRINT, xxhash64(id, lit(1)));
    values.put(SilverColumns.RULES_VERSION, lit(1));
    values.put(SilverColumns.SOURCE_EPOCH, lit(0));
    values.put(SilverColumns.TOPIC, lit("generated"));
    values.put(SilverColumns.PARTITION, lit(0));
    values.put(SilverColumns.OFFSET, id);
    values.put(SilverColumns.COMMIT_SEQ, lit(1L));
    values.put(SilverColumns.KAFKA_TIMESTAMP, time);
    values.put(SilverColumns.INGESTED_AT, time);
    values.put(SilverColumns.EVENT_DATE, time.cast("date"));
    return shaped(ids, values, TableDefinition.SILVER);
  }

  /** Rows of a table, null in all columns but some. */
  static Dataset<Row> shaped(
      Dataset<Row> rows, Map<String, Column> columns, TableDefinition table) {
    return rows.select(
        Arrays.stream(table.schema().fields())
            .map(
                field ->
                    columns
                        .getOrDefault(field.name(), lit(null))
                        .cast(field.dataType())
                        .as(field.name()))
            .toArray(Column[]::new));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
