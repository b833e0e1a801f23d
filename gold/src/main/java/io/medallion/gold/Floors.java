package io.medallion.gold;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when on gold keeps what; microseconds since 1970, {@link #NONE} where that is everything.
 * They only rise: what is gone does not come back by another setting, but by a rebuild.
 *
 * @param rows of less than a day; the beginning of a day
 * @param sets behind active users; the beginning of an hour, never before that of the rows
 */
record Floors(long rows, long sets) {
  static final long NONE = Long.MIN_VALUE;

  /** Nothing is gone. */
  static final Floors EVERYTHING = new Floors(NONE, NONE);

  /** One of them as Postgres reads a time. */
  static String text(long floor) {
    return floor == NONE ? "-infinity" : Instant.EPOCH.plus(floor, ChronoUnit.MICROS).toString();
  }

  /**
   * Where they stand after a merge.
   *
   * @param newestEvent of all that is merged; {@link #NONE} where there is none
   */
  Floors raised(Retention retention, long newestEvent) {
    if (newestEvent == NONE) {
      return this;
    }
    long rowsNow = Math.max(rows, floor(newestEvent, retention.rowsMicros(), Windows.DAY));
    long setsNow = Math.max(sets, floor(newestEvent, retention.setsMicros(), Windows.HOUR));
    return new Floors(rowsNow, Math.max(rowsNow, setsNow));
  }

  private static long floor(long newest, long kept, long size) {
    return kept == GoldSettings.UNLIMITED ? NONE : Windows.start(newest - kept, size);
  }
}
