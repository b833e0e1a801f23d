package io.medallion.gold.define;

import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.unsafe.types.UTF8String;

/** A key: the start of a window, and values. Compared by what is in it. */
final class GroupKey {
  /** As in Fibonacci hashing: 2^64 divided by the golden ratio. */
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private long start;
  private final Object[] values;
  private int hash;

  GroupKey(int size) {
    this.values = new Object[size];
  }

  /** Sets a value, which may lie in a row. */
  void set(int i, Object value) {
    values[i] = value;
  }

  Object value(int i) {
    return values[i];
  }

  /** Where the window starts. */
  long start() {
    return start;
  }

  /** Sets the window, after all values. */
  void at(long window) {
    start = window;
    // Starts of windows are multiples of large numbers: unmixed, they would meet in a few buckets.
    long mixed = (31L * Arrays.hashCode(values) ^ window) * MIX;
    hash = (int) (mixed >>> 32);
  }

  /** With copies of texts, which lie in rows. */
  GroupKey kept() {
    GroupKey kept = new GroupKey(values.length);
    for (int i = 0; i < values.length; i++) {
      kept.values[i] = values[i] instanceof UTF8String text ? text.copy() : values[i];
    }
    kept.start = start;
    kept.hash = hash;
    return kept;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof GroupKey key) || key.hash != hash || key.start != start) {
      return false;
    }
    // The first value is mostly the site, which most rows have in common.
    for (int i = values.length - 1; i >= 0; i--) {
      if (!Objects.equals(values[i], key.values[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
