package io.medallion.silver.dedup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The stretches of event time that a chunk touches. Not its whole range: of a chunk with one event
 * a year late only two stretches, of seconds each, are looked up.
 */
final class TimeIntervals {
  /** Times closer than this are one stretch: a second of silver costs less than a longer list. */
  private static final long JOINED_MICROS = 1_000_000L;

  private final long[] starts;
  private final long[] ends;

  private TimeIntervals(long[] starts, long[] ends) {
    this.starts = starts;
    this.ends = ends;
  }

  /** The stretches that some times, in ascending order, lie in. */
  static TimeIntervals of(long[] times) {
    List<long[]> intervals = new ArrayList<>();
    for (long time : times) {
      long[] last = intervals.isEmpty() ? null : intervals.get(intervals.size() - 1);
      if (last != null && time - last[1] <= JOINED_MICROS) {
        last[1] = time;
      } else {
        intervals.add(new long[] {time, time});
      }
    }
    return new TimeIntervals(
        intervals.stream().mapToLong(i -> i[0]).toArray(),
        intervals.stream().mapToLong(i -> i[1]).toArray());
  }

  /** Whether a stretch lies, in part, between two times, both included. */
  boolean overlap(long from, long to) {
    int found = Arrays.binarySearch(ends, from);
    int firstEndingLater = found >= 0 ? found : -found - 1;
    return firstEndingLater < starts.length && starts[firstEndingLater] <= to;
  }

  /** The first of some times, in ascending order, that lie between two, both included. */
  static long[] inside(long[] times, long from, long to, int most) {
    int first = firstFrom(times, from);
    int behind = first;
    while (behind < times.length && behind - first < most && times[behind] <= to) {
      behind++;
    }
    return Arrays.copyOfRange(times, first, behind);
  }

  private static int firstFrom(long[] times, long from) {
    int low = 0;
    int high = times.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[middle] < from) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
