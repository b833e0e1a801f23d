package io.medallion.gold.mart;

/** Tumbling windows of microsecond times. */
public final class Windows {
  public static final long MINUTE = 60_000_000L;
  public static final long HOUR = 60 * MINUTE;
  public static final long DAY = 24 * HOUR;

  /** No clock is further from UTC, by the rules of time zones in Java. */
  public static final long FARTHEST_CLOCK = 18 * HOUR;

  private Windows() {}

  /** The start of the window of this size that holds the time, also before 1970. */
  public static long start(long time, long size) {
    return Math.floorDiv(time, size) * size;
  }
}
