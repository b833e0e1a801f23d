package io.medallion.gold.mart;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Event times, microseconds since 1970.
 *
 * @param since the first
 * @param until the first that is behind it
 */
public record TimeRange(long since, long until) implements Serializable {
  /** Whether the time is in it. */
  public boolean holds(long time) {
    return since <= time && time < until;
  }

  /** Days in UTC as the ranges that they make, neighbours as one. */
  public static List<TimeRange> ofDays(Collection<LocalDate> days) {
    return union(
        days.stream()
            .map(day -> day.toEpochDay() * Windows.DAY)
            .map(start -> new TimeRange(start, start + Windows.DAY))
            .toList());
  }

  /** The same times in order, as few ranges as can be. */
  public static List<TimeRange> union(Collection<TimeRange> ranges) {
    List<TimeRange> union = new ArrayList<>();
    for (TimeRange next :
        ranges.stream().sorted(Comparator.comparingLong(TimeRange::since)).toList()) {
      TimeRange last = union.isEmpty() ? null : union.get(union.size() - 1);
      if (last == null || last.until() < next.since()) {
        union.add(next);
      } else if (last.until() < next.until()) {
        union.set(union.size() - 1, new TimeRange(last.since(), next.until()));
      }
    }
    return union;
  }
}
