package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.timestamp_micros;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Silver's rows as the layer leaves them before maintenance comes: events that arrived evenly over
 * a period, so many at a time, each time a file of every date that they happened on. Late ones lie
 * in the files of those with which they arrived.
 *
 * @param end when the last arrived
 * @param period over which they arrived
 * @param together how many arrived at a time
 * @param lateness how long before that they had happened
 */
record GeneratedArrivals(Instant end, Duration period, long together, Lateness lateness) {

  /** Begins a commit that fills a table; counters but those of rows are still to be set. */
  TableCommit fill(LakeTable silver, SparkSession session, long rows) {
    double step = (double) period.toNanos() / 1_000 / rows;
    Column id = col("id");
    Column arrived = lit(micros(end.minus(period))).plus(id.multiply(step).cast("long"));
    int arrivals = (int) Math.max(1, rows / together);
    return silver
        .begin(session)
        .append(
            InternalRowDatasets.of(
                GeneratedYear.events(
                        session.range(0, rows, 1, arrivals).toDF(),
                        id,
                        timestamp_micros(arrived.minus(lateness.micros(id))))
                    .sortWithinPartitions(SilverColumns.EVENT_DATE, SilverColumns.EVENT_TIME)))
        .set(TableState.ROWS, rows)
        .set(TableState.NEWEST, micros(end));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
