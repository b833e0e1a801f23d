package io.medallion.operations.verify;

import io.medallion.common.event.UtcDay;
import io.medallion.gold.mart.TimeRange;
import java.time.LocalDate;

/**
 * The event days (UTC) that a proof is about.
 *
 * @param from the first one; null for no bound
 * @param to the last one; null for no bound
 */
public record EventDays(LocalDate from, LocalDate to) {
  /** All there are. */
  public static final EventDays ALL = new EventDays(null, null);

  /** An event may be stamped so many days ahead of its record. */
  private static final int AHEAD = 1;

  private static final LocalDate FIRST = LocalDate.of(1, 1, 1);
  private static final LocalDate AFTER_LAST = LocalDate.of(9999, 12, 31);

  /** The first and the last day that a comparison asks Spark for, in days since 1970. */
  static final long FIRST_DAY = FIRST.toEpochDay();

  static final long LAST_DAY = AFTER_LAST.toEpochDay();

  /** After every event. */
  static final long END = AFTER_LAST.toEpochDay() * UtcDay.MICROS;

  boolean isAll() {
    return from == null && to == null;
  }

  /** The first day, and the one after the last. */
  LocalDate[] bounds() {
    return new LocalDate[] {from == null ? FIRST : from, to == null ? AFTER_LAST : to.plusDays(1)};
  }

  /** The same as times; null for all. */
  TimeRange range() {
    LocalDate[] bounds = bounds();
    return isAll()
        ? null
        : new TimeRange(
            bounds[0].toEpochDay() * UtcDay.MICROS, bounds[1].toEpochDay() * UtcDay.MICROS);
  }

  /** As a condition in SQL on a column of dates. */
  String condition(String column) {
    LocalDate[] bounds = bounds();
    return isAll()
        ? "true"
        : "%1$s >= date'%2$s' and %1$s < date'%3$s'".formatted(column, bounds[0], bounds[1]);
  }

  /** On a column of days on which records of these events may have come. */
  String conditionOnArrival(String column) {
    return from == null ? "true" : "%s >= date'%s'".formatted(column, from.minusDays(AHEAD));
  }
}
