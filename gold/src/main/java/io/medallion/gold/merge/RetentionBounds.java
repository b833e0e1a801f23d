package io.medallion.gold.merge;

import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Windows;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * From when on gold keeps what; microseconds since 1970, {@link #NONE} if that is everything. They
 * only rise: what is gone does not come back by another setting, but by a rebuild.
 *
 * @param rows of less than a day; the beginning of a day
 * @param sets behind active users; the beginning of an hour, never before that of the rows
 */
record RetentionBounds(long rows, long sets) {
  static final long NONE = Long.MIN_VALUE;

  /** Nothing is gone. */
  static final RetentionBounds EVERYTHING = new RetentionBounds(NONE, NONE);

  /** One of them as Postgres reads a time. */
  static String text(long floor) {
    return floor == NONE ? "-infinity" : Instant.EPOCH.plus(floor, ChronoUnit.MICROS).toString();
  }

  /**
   * Where they stand after a merge.
   *
   * @param newestEvent of all that is merged; {@link #NONE} if there is none
   */
  RetentionBounds raised(Retention retention, long newestEvent) {
    if (newestEvent == NONE) {
      return this;
    }
    long rowsNow = Math.max(rows, floor(newestEvent, retention.rowsMicros(), Windows.DAY));
    long setsNow = Math.max(sets, floor(newestEvent, retention.setsMicros(), Windows.HOUR));
    return new RetentionBounds(rowsNow, Math.max(rowsNow, setsNow));
  }

  private static long floor(long newest, long kept, long size) {
    return kept == GoldSettings.UNLIMITED ? NONE : Windows.start(newest - kept, size);
  }
}
