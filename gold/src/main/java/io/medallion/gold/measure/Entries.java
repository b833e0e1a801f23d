package io.medallion.gold.measure;

import java.util.Locale;
import org.apache.spark.unsafe.types.UTF8String;

/** Texts that begin with a time and sort by it, of which the state of some measures consists. */
final class Entries {
  /** Added to microseconds since 1970, so that every time has as many digits. */
  private static final long OFFSET = 1_000_000_000_000_000_000L;

  /** How many. The functions in sql/schema know it. */
  static final int TIME_DIGITS = 19;

  private Entries() {}

  /** A time and what belongs to it. */
  static UTF8String of(long micros, UTF8String text) {
    String time = String.format(Locale.ROOT, "%0" + TIME_DIGITS + "d", micros + OFFSET);
    return UTF8String.concat(UTF8String.fromString(time), text);
  }
}
