package io.medallion.gold.alert;

import io.medallion.common.contract.Place;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An alert as its file declares it.
 *
 * @param name the file's, without its ending
 * @param path where it was read
 * @param text all of it
 * @param description what it means, for whoever is told
 * @param severity how grave it is
 * @param targets who is told; empty for all that are configured
 * @param condition when it is raised
 * @param places where the file names what Postgres may not know, by the name
 */
public record AlertDefinition(
    String name,
    String path,
    String text,
    String description,
    Severity severity,
    Set<Target> targets,
    Condition condition,
    Map<String, Place> places) {
  /** Takes copies of the collections. */
  public AlertDefinition {
    targets = Set.copyOf(targets);
    places = Map.copyOf(places);
  }

  /** How grave an alert is. */
  public enum Severity {
    INFO,
    WARNING,
    CRITICAL
  }

  /** Who is told. */
  public enum Target {
    /** An HTTP server. */
    WEBHOOK,
    /** A topic in Kafka. */
    TOPIC,
    /** Gold's standard output. */
    STDOUT;

    /** As it is spelled. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** When an alert is raised. */
  public sealed interface Condition {}

  /**
   * Over each row of a mart, or a view on marts, of which something holds, once its window is
   * complete.
   *
   * @param mart the table's or view's name
   * @param window where the row's window is
   * @param key columns that, with the window, tell one alert from another
   * @param shown more columns that whoever is told gets to know
   * @param test what holds of it
   */
  public record OverMart(
      String mart, Window window, List<String> key, List<String> shown, Test test)
      implements Condition {
    /** Takes copies of the lists. */
    public OverMart {
      key = List.copyOf(key);
      shown = List.copyOf(shown);
    }

    /** How far before its window a row depends on others, in microseconds. */
    long reach() {
      return window.reach().toNanos() / 1_000;
    }

    /** How long a window is, in microseconds. */
    long length() {
      return window.length().toNanos() / 1_000;
    }
  }

  /**
   * The window that a row is about.
   *
   * @param start the column in which it starts, a time or a day (of UTC)
   * @param length when it is complete, from its start on
   * @param every how far apart the windows start of which only the first in a row is an alert; zero
   *     if each is
   * @param reach how far before its start there may be rows of marts that a view's row depends on
   */
  public record Window(String start, Duration length, Duration every, Duration reach) {}

  /** What holds of a row. */
  public sealed interface Test {}

  /**
   * A condition in Postgres's SQL.
   *
   * @param sql over the columns of the row
   * @param place where it begins
   * @param block whether it begins on the next line
   */
  public record Matches(String sql, Place place, boolean block) implements Test {}

  /**
   * That a number is far from those of the same hour of the weeks before: by more than so many
   * times the median absolute deviation from their median. That score is the modified z-score of
   * Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), who take 3.5 for far.
   *
   * @param number the column
   * @param weeks how many there are to be
   * @param score how far is far
   * @param least how far at least, in the number's own unit
   * @param side which side counts
   */
  public record Unusual(String number, int weeks, BigDecimal score, BigDecimal least, Side side)
      implements Test {}

  /** On which side of the median a number is unusual. */
  public enum Side {
    ABOVE,
    BELOW,
    BOTH
  }

  /**
   * That the newest record that gold has merged is old.
   *
   * @param behind how old
   */
  public record Freshness(Duration behind) implements Condition {}

  /**
   * That a share of what silver has read lately is in quarantine.
   *
   * @param reason the code or rule that is the first reason; null for any
   * @param share of all records read, above which it is raised
   * @param within how far back lately is
   * @param least how many records there are to be at least
   */
  public record Quarantine(String reason, BigDecimal share, Duration within, long least)
      implements Condition {}
}
