package io.medallion.bench;

import java.util.Collection;

/**
 * How old some events were when they could be seen, milliseconds.
 *
 * @param events how many they are
 * @param p50 the age that half of them did not exceed; null of none, as the next ones
 * @param p95 the age that 95 of 100 did not exceed
 * @param max of the oldest
 */
record Ages(int events, Long p50, Long p95, Long max) {
  static final Ages NONE = new Ages(0, null, null, null);

  /** Of the ages of each. */
  static Ages of(Collection<Long> ages) {
    if (ages.isEmpty()) {
      return NONE;
    }
    long[] sorted = ages.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Ages(
        sorted.length,
        Freshness.percentile(sorted, 0.5),
        Freshness.percentile(sorted, 0.95),
        Freshness.percentile(sorted, 1));
  }
}
