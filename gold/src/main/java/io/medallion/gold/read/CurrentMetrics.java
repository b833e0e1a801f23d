package io.medallion.gold.read;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What gold says now, where now is the newest event merged.
 *
 * @param pageViews by minute, the newest first, of the last five minutes
 * @param activeUsers distinct visitors of the last five minutes
 * @param openSessions sessions that may still grow
 * @param closedSessions sessions whose last event is longer ago than the gap
 * @param convertedSessions sessions, open or closed, with a purchase
 * @param sites page views by site in the last 15 minutes, the most first
 * @param topPages most viewed in the last 15 minutes
 * @param topCountries with most events in the last 15 minutes
 */
public record CurrentMetrics(
    List<Minute> pageViews,
    long activeUsers,
    long openSessions,
    long closedSessions,
    long convertedSessions,
    List<Ranked> sites,
    List<Ranked> topPages,
    List<Ranked> topCountries) {

  /**
   * A minute of event time.
   *
   * @param start its beginning
   * @param views page views in it
   */
  public record Minute(Instant start, long views) {}

  /**
   * A name and how often it came.
   *
   * @param name a site, a page or a country
   * @param count of views or events
   */
  public record Ranked(String name, long count) {}

  /** Takes copies of the lists. */
  public CurrentMetrics {
    pageViews = List.copyOf(pageViews);
    sites = List.copyOf(sites);
    topPages = List.copyOf(topPages);
    topCountries = List.copyOf(topCountries);
  }

  /** Page views of the last five minutes. */
  public long recentPageViews() {
    return pageViews.stream().mapToLong(Minute::views).sum();
  }

  /** Share of all sessions that have a purchase, 0 to 1; empty without a session. */
  public OptionalDouble conversionRate() {
    long sessions = openSessions + closedSessions;
    return sessions == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) convertedSessions / sessions);
  }
}
