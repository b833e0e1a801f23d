package io.medallion.common.event;

/** Days of UTC, counted since 1970, of times in microseconds since then. */
public final class UtcDay {
  /** In each: UTC has no other days. */
  public static final long MICROS = 86_400_000_000L;

  private UtcDay() {}

  /** The day of a time, which may lie before 1970. */
  public static int of(long micros) {
    return (int) Math.floorDiv(micros, MICROS);
  }
}
