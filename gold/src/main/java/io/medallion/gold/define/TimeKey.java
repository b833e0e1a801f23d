package io.medallion.gold.define;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.mart.Windows;
import java.io.Serializable;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.function.LongConsumer;

/**
 * How a mart divides time: which windows an event lies in. Times are microseconds since 1970. Days
 * and what is longer are those of UTC or, {@link Kind#LOCAL}, of the clocks of each event's site.
 *
 * @param kind in which way
 * @param size how long a window is; 0 for calendar units of varying length and for none
 * @param slide how far apart two windows start; the same as the size where they do not overlap
 * @param offset where the window of 1970 starts
 * @param unit of a calendar, else null
 */
public record TimeKey(Kind kind, long size, long slide, long offset, Unit unit)
    implements Serializable {
  /** Ways to divide time. */
  public enum Kind {
    /** Windows of one length, which may overlap. */
    WINDOW,
    /** Calendar units of UTC. */
    CALENDAR,
    /**
     * Calendar units of local days. A window starts, as a number, where the day of UTC with the
     * same date does; its events lie up to {@link TimeKey#FARTHEST} before or behind that day.
     */
    LOCAL,
    /** The sessions of a key. */
    SESSION,
    /** All of time is one. */
    NONE
  }

  /** Calendar units. */
  public enum Unit {
    DAY,
    WEEK,
    MONTH,
    QUARTER,
    YEAR;

    /** The first day of the unit that holds a day, in days since 1970. */
    long first(long day) {
      if (this == DAY) {
        return day;
      }
      LocalDate date = LocalDate.ofEpochDay(day);
      return switch (this) {
        case DAY -> day;
        case WEEK ->
            date.with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY)).toEpochDay();
        case MONTH -> date.withDayOfMonth(1).toEpochDay();
        case QUARTER ->
            date.withDayOfMonth(1).withMonth((date.getMonthValue() - 1) / 3 * 3 + 1).toEpochDay();
        case YEAR -> date.withDayOfYear(1).toEpochDay();
      };
    }

    /** The first day after the unit that begins with a day. */
    long next(long first) {
      LocalDate date = LocalDate.ofEpochDay(first);
      LocalDate next =
          switch (this) {
            case DAY -> date.plusDays(1);
            case WEEK -> date.plusWeeks(1);
            case MONTH -> date.plusMonths(1);
            case QUARTER -> date.plusMonths(3);
            case YEAR -> date.plusYears(1);
          };
      return next.toEpochDay();
    }

    /** As an interval of Postgres. */
    String interval() {
      return this == QUARTER ? "3 months" : "1 " + name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** How far local days may be from those of UTC. */
  static final long FARTHEST = Windows.FARTHEST_CLOCK;

  /** The only window there is where time is not divided. */
  static final long ALWAYS = 0;

  static final TimeKey NONE = new TimeKey(Kind.NONE, 0, 0, 0, null);

  static TimeKey window(long size, long slide, long offset) {
    return new TimeKey(Kind.WINDOW, size, slide, Math.floorMod(offset, slide), null);
  }

  static TimeKey session(long gap) {
    return new TimeKey(Kind.SESSION, gap, gap, 0, null);
  }

  static TimeKey calendar(Unit unit) {
    return new TimeKey(Kind.CALENDAR, 0, 0, 0, unit);
  }

  static TimeKey local(Unit unit) {
    return new TimeKey(Kind.LOCAL, 0, 0, 0, unit);
  }

  /**
   * Calls with the start of each window that holds the time, the last one first.
   *
   * @param time of the event; where days are local, the start of the event's own
   */
  public void windows(long time, LongConsumer window) {
    switch (kind) {
      case NONE -> window.accept(ALWAYS);
      case SESSION -> window.accept(time);
      case CALENDAR, LOCAL ->
          window.accept(unit.first(Math.floorDiv(time, Windows.DAY)) * Windows.DAY);
      case WINDOW -> {
        long last = Windows.start(time - offset, slide) + offset;
        for (long start = last; start > time - size; start -= slide) {
          window.accept(start);
        }
      }
    }
  }

  /** The first time after a window. */
  public long end(long start) {
    return switch (kind) {
      case NONE -> Long.MAX_VALUE;
      case CALENDAR, LOCAL -> unit.next(Math.floorDiv(start, Windows.DAY)) * Windows.DAY;
      case WINDOW, SESSION -> start + size;
    };
  }

  /** The times that events of a window may have. */
  public TimeRange times(long start) {
    return kind == Kind.LOCAL
        ? new TimeRange(start - FARTHEST, end(start) + FARTHEST)
        : new TimeRange(start, end(start));
  }

  /** All times that are in a window with a time of the range. */
  public TimeRange around(TimeRange range) {
    return switch (kind) {
      case NONE -> new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);
      case SESSION -> range;
      case CALENDAR -> {
        long first = unit.first(Math.floorDiv(range.since(), Windows.DAY));
        long last = unit.first(Math.floorDiv(range.until() - 1, Windows.DAY));
        yield new TimeRange(first * Windows.DAY, unit.next(last) * Windows.DAY);
      }
      case LOCAL -> {
        long first = unit.first(Math.floorDiv(range.since() - FARTHEST, Windows.DAY));
        long last = unit.first(Math.floorDiv(range.until() - 1 + FARTHEST, Windows.DAY));
        yield new TimeRange(
            first * Windows.DAY - FARTHEST, unit.next(last) * Windows.DAY + FARTHEST);
      }
      case WINDOW -> new TimeRange(range.since() - size, range.until() + size);
    };
  }

  /** Whether every window is of a single day. */
  boolean isWithinDays() {
    return (kind == Kind.CALENDAR && unit == Unit.DAY)
        || (kind == Kind.WINDOW && size == slide && offset == 0 && Windows.DAY % size == 0);
  }

  /** Whether its windows are shorter than a day, so that retention removes them. */
  public boolean isFine() {
    return kind == Kind.SESSION || (kind == Kind.WINDOW && size < Windows.DAY);
  }
}
