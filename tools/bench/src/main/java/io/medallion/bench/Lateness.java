package io.medallion.bench;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Column;

/**
 * How late events are: of those that are late nine of ten by up to twelve hours, the tenth by one
 * to three days.
 *
 * @param share of the events that are late at all, from 0 to 1
 */
record Lateness(double share) {
  private static final long MOST = TimeUnit.HOURS.toMicros(12);
  private static final long DAY = TimeUnit.DAYS.toMicros(1);
  private static final int PARTS = 1_000_000;

  /** None is late. */
  static final Lateness NONE = new Lateness(0);

  /** That of one event. */
  Duration of(Random random) {
    if (random.nextDouble() >= share) {
      return Duration.ZERO;
    }
    double unit = random.nextDouble();
    long micros = random.nextInt(10) == 0 ? DAY + (long) (unit * 2 * DAY) : (long) (unit * MOST);
    return Duration.ofMillis(TimeUnit.MICROSECONDS.toMillis(micros));
  }

  /** That of an event with some number, microseconds. */
  Column micros(Column id) {
    Column unit = part(id, 12).divide(PARTS);
    Column late =
        when(part(id, 13).mod(10).equalTo(0), unit.multiply(2 * DAY).plus(DAY))
            .otherwise(unit.multiply(MOST));
    return when(part(id, 11).lt((long) (share * PARTS)), late).otherwise(lit(0)).cast("long");
  }

  private static Column part(Column id, int seed) {
    return abs(xxhash64(id, lit(seed))).mod(PARTS);
  }
}
