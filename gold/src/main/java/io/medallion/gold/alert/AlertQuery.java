package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertDefinition.Matches;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.alert.AlertDefinition.Side;
import io.medallion.gold.alert.AlertDefinition.Unusual;
import io.medallion.gold.mart.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The SELECT over a mart that finds what an alert is about: {@code window_start}, {@code key} and
 * {@code shown}, a row for each alert. It runs where days are those of UTC.
 */
record AlertQuery(OverMart alert) {
  /** A week, which has as many hours whatever clocks do. */
  static final long WEEK = 7 * 86_400_000_000L;

  private static final String WEEK_SQL = "interval '168 hours'";

  /** Makes a score of 0.6745 of a median absolute deviation one of a standard deviation. */
  private static final String CONSISTENCY = "0.6745";

  /** Over all windows. */
  String everything() {
    return text(null, null);
  }

  /** Over the windows that start in a time. */
  String during(TimeRange range) {
    return text(
        range.since() == Long.MIN_VALUE ? null : literal(range.since()), literal(range.until()));
  }

  private String text(String since, String until) {
    return alert.test() instanceof Matches matches
        ? matching(matches, since, until)
        : unusual((Unusual) alert.test(), since, until);
  }

  private String matching(Matches matches, String since, String until) {
    String start = quoted(alert.window().start());
    return "SELECT this.%s::timestamptz AS window_start, %s AS key, %s AS shown\nFROM gold.%s AS this\nWHERE %s(\n%s\n)%s"
        .formatted(
            start,
            object("this", alert.key()),
            object("this", alert.shown()),
            quoted(alert.mart()),
            bounds("this." + start, since, until, ""),
            matches.sql(),
            alert.window().every().isZero() ? "" : "\nAND " + first(matches, start));
  }

  /** Of windows in a row, each of which would be an alert, the first. */
  private String first(Matches matches, String start) {
    String same =
        alert.key().stream()
            .map(key -> " AND earlier.%1$s = this.%1$s".formatted(quoted(key)))
            .collect(Collectors.joining());
    return "NOT EXISTS (\nSELECT FROM gold.%s AS earlier\nWHERE earlier.%s = this.%2$s - interval '%d microseconds'%s AND (\n%s\n))"
        .formatted(
            quoted(alert.mart()),
            start,
            alert.window().every().toNanos() / 1_000,
            same,
            matches.sql());
  }

  /**
   * A week without a row counts as nought, and so does a window without one; what lies before the
   * mart's first row is not known, and nothing is judged by it.
   */
  private String unusual(Unusual unusual, String since, String until) {
    String start = quoted(alert.window().start());
    String keys = alert.key().stream().map(key -> ", " + quoted(key)).collect(Collectors.joining());
    String side =
        unusual.side() == Side.BOTH
            ? ""
            : " AND number %s median".formatted(unusual.side() == Side.ABOVE ? ">" : "<");
    return """
        SELECT window_start, %1$s AS key,
          jsonb_build_object('%2$s', number, 'median', median, 'deviation', deviation) AS shown
        FROM (
          SELECT *, gold.median(before) AS median, gold.median_deviation(before) AS deviation
          FROM (
            SELECT window_start%3$s,
              coalesce(max(number) FILTER (WHERE weeks = 0), 0) AS number,
              coalesce(array_agg(number) FILTER (WHERE weeks > 0), '{}')
                || array_fill(0::numeric, ARRAY[(%4$d - count(*) FILTER (WHERE weeks > 0))::int]) AS before
            FROM generate_series(0, %4$d) AS weeks
            CROSS JOIN LATERAL (
              SELECT %5$s::timestamptz + weeks * %6$s AS window_start%3$s,
                sum(coalesce("%2$s", 0))::numeric AS number
              FROM %7$s
              WHERE %8$strue
              GROUP BY %5$s%3$s
            ) AS week
            GROUP BY window_start%3$s
          ) AS numbers
          WHERE window_start - %4$d * %6$s >= (SELECT min(%5$s) FROM %7$s)
        ) AS judged
        WHERE abs(number - median) >= %9$s AND %10$s * abs(number - median) > %11$s * deviation%12$s"""
        .formatted(
            object("judged", alert.key()),
            unusual.number(),
            keys,
            unusual.weeks(),
            start,
            WEEK_SQL,
            "gold." + quoted(alert.mart()),
            bounds(start, since, until, " - weeks * " + WEEK_SQL),
            unusual.least().toPlainString(),
            CONSISTENCY,
            unusual.score().toPlainString(),
            side);
  }

  private static String bounds(String start, String since, String until, String shift) {
    return Optional.ofNullable(since)
            .map(from -> "%s >= %s%s AND ".formatted(start, from, shift))
            .orElse("")
        + Optional.ofNullable(until)
            .map(to -> "%s < %s%s AND ".formatted(start, to, shift))
            .orElse("");
  }

  private static String object(String of, List<String> columns) {
    return columns.stream()
        .map(column -> "'%s', %s.%s".formatted(column, of, quoted(column)))
        .collect(Collectors.joining(", ", "jsonb_build_object(", ")"));
  }

  private static String literal(long micros) {
    return "timestamptz '%s'".formatted(Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
