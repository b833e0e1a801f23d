package io.medallion.bench;

import java.util.Arrays;
import java.util.Map;

/**
 * How old events were when they could be seen in Postgres: from the time that the producer gave the
 * record to the moment after the commit that brought it. All times are milliseconds.
 *
 * @param events how many were measured
 * @param p50 the age that half of them did not exceed
 * @param p95 the age that 95 of 100 did not exceed
 * @param p99 the age that 99 of 100 did not exceed
 * @param max the age of the oldest
 * @param stages what half of the events did not exceed on the way to each layer's commit from the
 *     one before
 * @param phases the median time of a batch by layer and phase; empty where nothing measures it
 */
public record Freshness(
    int events,
    long p50,
    long p95,
    long p99,
    long max,
    Map<String, Long> stages,
    Map<String, Map<String, Long>> phases) {

  static Freshness of(
      long[] ages, Map<String, Long> stages, Map<String, Map<String, Long>> phases) {
    long[] sorted = ages.clone();
    Arrays.sort(sorted);
    return new Freshness(
        sorted.length,
        percentile(sorted, 0.5),
        percentile(sorted, 0.95),
        percentile(sorted, 0.99),
        percentile(sorted, 1),
        stages,
        phases);
  }

  private static long percentile(long[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return percentile(sorted, 0.5);
  }
}
