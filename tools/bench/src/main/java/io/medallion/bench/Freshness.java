package io.medallion.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How old events were when they could be seen in Postgres: from the time that the producer gave the
 * record to the moment after the commit that brought it. All times are milliseconds.
 *
 * @param events how many were measured
 * @param p50 the age that half of them did not exceed
 * @param p95 the age that 95 of 100 did not exceed
 * @param p99 the age that 99 of 100 did not exceed
 * @param max the age of the oldest
 * @param lagBefore events that were sent and not visible when measuring began
 * @param lagAfter the same when it ended
 * @param stages what half of the events did not exceed on the way to each layer's commit from the
 *     one before
 */
record Freshness(
    int events,
    long p50,
    long p95,
    long p99,
    long max,
    long lagBefore,
    long lagAfter,
    Map<String, Long> stages) {

  /**
   * Of the events sent in a stretch of time.
   *
   * @param traces of every event, those before the stretch too
   * @param stages the names of the journeys' stages
   * @param from its begin
   * @param to its end, excluded
   */
  static Freshness of(List<Trace> traces, List<String> stages, long from, long to) {
    List<Trace> measured = traces.stream().filter(trace -> trace.sentBetween(from, to)).toList();
    long[] ages = sorted(measured, Trace::age);
    Map<String, Long> medians = new LinkedHashMap<>();
    for (int i = 0; i < stages.size(); i++) {
      int stage = i;
      medians.put(stages.get(i), percentile(sorted(measured, trace -> trace.step(stage)), 0.5));
    }
    return new Freshness(
        ages.length,
        percentile(ages, 0.5),
        percentile(ages, 0.95),
        percentile(ages, 0.99),
        percentile(ages, 1),
        traces.stream().filter(trace -> trace.underWayAt(from)).count(),
        traces.stream().filter(trace -> trace.underWayAt(to)).count(),
        medians);
  }

  private static long[] sorted(List<Trace> traces, ToLongFunction<Trace> time) {
    return traces.stream().mapToLong(time).sorted().toArray();
  }

  /** The least of ascending values that so large a share of them does not exceed. */
  static long percentile(long[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }

  static long median(List<Long> values) {
    long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return percentile(sorted, 0.5);
  }
}
