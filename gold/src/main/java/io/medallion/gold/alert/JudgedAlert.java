package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.alert.AlertDefinition.Unusual;
import io.medallion.gold.mart.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An alert over a mart as it is judged in merges. Times are microseconds since 1970.
 *
 * @param definition what its file says
 * @param over the same, of the mart
 * @param fingerprint of that and of all that it reads; another one means that all of it is to be
 *     judged again
 * @param tables that it reads, without their schema
 * @param direct whether the mart is a table whose windows are the alert's own
 * @param slide how far apart these start; 0 if that differs or is not known
 * @param offset when one of them starts
 */
record JudgedAlert(
    AlertDefinition definition,
    OverMart over,
    String fingerprint,
    Set<String> tables,
    boolean direct,
    long slide,
    long offset) {
  /** Takes a copy of the set. */
  JudgedAlert {
    tables = Set.copyOf(tables);
  }

  String name() {
    return definition.name();
  }

  /** Windows whose verdict may be another since some times of some tables have changed. */
  List<TimeRange> touched(Map<String, List<TimeRange>> changed) {
    List<TimeRange> touched = new ArrayList<>();
    int weeks = over.test() instanceof Unusual unusual ? unusual.weeks() : 0;
    for (String table : tables) {
      for (TimeRange range : changed.getOrDefault(table, List.of())) {
        // A row of the mart itself is about the window that it starts; any other may be about every
        // window that its times lie in.
        long since = direct ? range.since() : range.since() - over.length();
        for (int week = 0; week <= weeks; week++) {
          touched.add(
              new TimeRange(
                  since + week * AlertQuery.WEEK,
                  range.until() + over.reach() + week * AlertQuery.WEEK));
        }
      }
    }
    return touched;
  }

  /** How far before its start a window's verdict depends on rows. */
  long dependsBack() {
    return over.reach()
        + (over.test() instanceof Unusual unusual ? unusual.weeks() * AlertQuery.WEEK : 0);
  }

  /** Whether a window may start in a time. */
  boolean mayStartIn(TimeRange range) {
    if (range.since() >= range.until()) {
      return false;
    }
    return slide == 0
        || range.since() == Long.MIN_VALUE
        || Math.floorDiv(range.until() - 1 - offset, slide)
            > Math.floorDiv(range.since() - 1 - offset, slide);
  }
}
