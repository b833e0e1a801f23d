package io.medallion.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.percentile_approx;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_micros;

import io.medallion.lakehouse.SilverColumns;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * Slices of time that hold about as many events each. Spark's own partitioning by range would
 * compute what it partitions twice, to take a sample first; here a few of its columns do.
 */
final class TimeSlices {
  /** Slices differ by a ten-thousandth of all events. */
  private static final int ACCURACY = 10_000;

  private final long[] starts;

  /**
   * @param starts where each but the first begins, microseconds since 1970, ascending
   */
  private TimeSlices(long[] starts) {
    this.starts = starts;
  }

  /** Slices of so many of some events, of which the time is enough. */
  static TimeSlices of(Dataset<Row> events, long eventsPerSlice) {
    int slices = Math.toIntExact(Math.max(1, events.count() / eventsPerSlice));
    if (slices == 1) {
      return new TimeSlices(new long[0]);
    }
    Column[] parts =
        IntStream.range(1, slices)
            .mapToObj(slice -> lit((double) slice / slices))
            .toArray(Column[]::new);
    Column times =
        percentile_approx(
            unix_micros(col(SilverColumns.EVENT_TIME)), functions.array(parts), lit(ACCURACY));
    return new TimeSlices(
        events.agg(times).first().<Long>getList(0).stream().mapToLong(Long::longValue).toArray());
  }

  /** How many there are. */
  int count() {
    return starts.length + 1;
  }

  /** The number of the slice, from 0, that a time lies in. */
  Column of(Column time) {
    long[] bounds = starts;
    UDF1<Long, Integer> slice =
        micros -> {
          int found = Arrays.binarySearch(bounds, micros);
          return found < 0 ? -found - 1 : found + 1;
        };
    return udf(slice, DataTypes.IntegerType).apply(unix_micros(time));
  }
}
