package io.medallion.gold.mart;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a merge makes again from silver instead of adding to it: all of some times, and of single
 * keys of marts of sessions what else belonged to the sessions that reach out of these times.
 *
 * @param ranges the times, in order, apart from each other
 * @param sessions by mart and key, the whole of each of these sessions
 */
public record ReplacedRanges(
    List<TimeRange> ranges, Map<String, Map<List<String>, List<TimeRange>>> sessions)
    implements Serializable {

  /** Whether all that happened at the time is made again. */
  public boolean holds(long time) {
    return touches(time, time + 1);
  }

  /**
   * Whether any time from one on and before another is made again.
   *
   * @param start the first time
   * @param end the first time after it
   */
  public boolean touches(long start, long end) {
    int low = 0;
    int high = ranges.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      TimeRange range = ranges.get(middle);
      if (end <= range.since()) {
        high = middle - 1;
      } else if (start >= range.until()) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether an event belongs to a session that is made again.
   *
   * @param mart whose sessions
   * @param key as Postgres writes its values
   */
  boolean holdsFor(String mart, Supplier<List<String>> key, long time) {
    Map<List<String>, List<TimeRange>> keys = sessions.get(mart);
    if (keys == null) {
      return false;
    }
    List<TimeRange> of = keys.get(key.get());
    return of != null && of.stream().anyMatch(range -> range.holds(time));
  }

  /** The times of everything that these marts need for it. */
  public List<TimeRange> reads(List<Mart> marts) {
    List<TimeRange> reads = new ArrayList<>(ranges);
    marts.forEach(mart -> reads.addAll(mart.reads(ranges)));
    sessions.values().forEach(keys -> keys.values().forEach(reads::addAll));
    return TimeRange.union(reads);
  }
}
