package io.medallion.dashboard;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the page looks at, and how wide a bar of its charts is.
 *
 * @param length back from the newest event, as Postgres takes it; null for days of the calendar,
 *     and for all time
 * @param first day; null if the length says it, or for all time
 * @param last day, itself within the range; null as well
 * @param bar as Postgres takes it; null if it depends on what there is
 */
record Range(String length, LocalDate first, LocalDate last, String bar) {
  /** What people choose from. */
  private static final Map<String, Range> BY_NAME =
      Map.of(
          "15m", ofLength("15 minutes", "1 minute"),
          "1h", ofLength("1 hour", "1 minute"),
          "1d", ofLength("1 day", "5 minutes"),
          "7d", ofLength("7 days", "1 hour"),
          "30d", ofLength("30 days", "6 hours"),
          "all", new Range(null, null, null, null));

  private static final Pattern DAYS =
      Pattern.compile("(\\d{4}-\\d{2}-\\d{2})\\.\\.(\\d{4}-\\d{2}-\\d{2})");
  private static final long MOST_DAYS = 3_660;

  /** By its name, or as two days such as {@code 2026-03-01..2026-03-31}; empty if it is neither. */
  static Optional<Range> of(String text) {
    Matcher days = DAYS.matcher(text);
    if (!days.matches()) {
      return Optional.ofNullable(BY_NAME.get(text));
    }
    try {
      return between(LocalDate.parse(days.group(1)), LocalDate.parse(days.group(2)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<Range> between(LocalDate first, LocalDate last) {
    long days = ChronoUnit.DAYS.between(first, last) + 1;
    if (days < 1 || days > MOST_DAYS) {
      return Optional.empty();
    }
    String bar = days <= 2 ? "5 minutes" : days <= 14 ? "1 hour" : days <= 90 ? "6 hours" : "1 day";
    return Optional.of(new Range(null, first, last, bar));
  }

  private static Range ofLength(String length, String bar) {
    return new Range(length, null, null, bar);
  }
}
