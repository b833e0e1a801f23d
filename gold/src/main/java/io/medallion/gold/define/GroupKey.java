package io.medallion.gold.define;

import java.util.Arrays;
import org.apache.spark.unsafe.types.UTF8String;

/** A key: the start of a window, and values. Compared by what is in it. */
final class GroupKey {
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
    hash = 31 * Arrays.hashCode(values) + Long.hashCode(window);
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
    return other instanceof GroupKey key
        && key.hash == hash
        && key.start == start
        && Arrays.equals(key.values, values);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
