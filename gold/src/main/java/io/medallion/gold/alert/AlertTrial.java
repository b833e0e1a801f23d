package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an alert's file would tell about gold as it is. Writes nothing and tells nobody.
 *
 * @param name of the alert
 * @param description as the file has it
 * @param severity as the file has it
 * @param refused what is wrong with the file, the first problem first; empty if nothing is
 * @param completeUntil windows that end by then are judged; null if gold has merged no event
 * @param since windows that end after it
 * @param raised what would be told, in the order of the windows
 * @param more whether there is more of that
 */
public record AlertTrial(
    String name,
    String description,
    String severity,
    List<MartRefusal> refused,
    Instant completeUntil,
    Instant since,
    List<Raised> raised,
    boolean more) {
  private static final String COMPLETE =
      "SELECT (extract(epoch FROM watermark) * 1000000)::bigint FROM gold.watermark";

  /** Takes copies of the lists. */
  public AlertTrial {
    refused = List.copyOf(refused);
    raised = List.copyOf(raised);
  }

  /**
   * Something that would be told.
   *
   * @param windowStart the window's first time
   * @param windowEnd the first time behind it
   * @param key whom or what it is about, JSON
   * @param values the numbers, JSON
   */
  public record Raised(Instant windowStart, Instant windowEnd, String key, String values) {}

  /**
   * Reads a file and judges it, as the role that only reads.
   *
   * @param most so many rows
   * @throws MedallionException if the alert is about no mart, gold has never run, or Postgres does
   *     not answer
   */
  public static AlertTrial of(Configuration configuration, Path file, int most) {
    AlertDefinition alert;
    try {
      alert = AlertFiles.read(file, configuration);
    } catch (AlertRefused e) {
      return refused(AlertFiles.name(file.toString()), e);
    }
    if (!(alert.condition() instanceof OverMart over)) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "%s is about now, not about a mart".formatted(file),
          "It is right as it is; gold judges it every five seconds while it runs.",
          "`medallion status` shows how fresh gold is, `medallion quarantine list` what was refused.");
    }
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement()) {
      if (!Migrations.isHere(statement)) {
        throw new MedallionException(
            ErrorCode.USAGE,
            "Gold has not run on this database yet",
            "An alert is judged over its marts.",
            "Run `medallion gold --once` first.");
      }
      statement.execute("SET TIME ZONE 'UTC'");
      return judged(connection, alert, over, configuration.get(Keys.GOLD_ALERTS_MAX_AGE), most);
    } catch (AlertRefused e) {
      return refused(alert.name(), e);
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  private static AlertTrial refused(String name, AlertRefused e) {
    return new AlertTrial(name, "", null, e.refusals(), null, null, List.of(), false);
  }

  private static AlertTrial judged(
      Connection connection, AlertDefinition alert, OverMart over, Duration maxAge, int most)
      throws SQLException, AlertRefused {
    Long complete = complete(connection);
    long until = complete == null ? 0 : complete;
    long since = until - maxAge.toNanos() / 1_000;
    String query =
        new AlertQuery(over)
            .during(new TimeRange(since - over.length() + 1, until - over.length() + 1));
    String select =
        "SELECT (extract(epoch FROM window_start) * 1000000)::bigint, key, shown FROM (";
    List<Raised> raised = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                select + query + "\n) AS found ORDER BY 1, 2 LIMIT " + (most + 1))) {
      while (complete != null && rows.next()) {
        long start = rows.getLong(1);
        raised.add(
            new Raised(
                instant(start),
                instant(start + over.length()),
                rows.getString(2),
                rows.getString(3)));
      }
    } catch (SQLException e) {
      connection.rollback();
      throw AlertErrors.refused(connection, alert, over, query, select.length(), e);
    }
    boolean more = raised.size() > most;
    return new AlertTrial(
        alert.name(),
        alert.description(),
        alert.severity().name().toLowerCase(Locale.ROOT),
        List.of(),
        complete == null ? null : instant(until),
        complete == null ? null : instant(since),
        more ? raised.subList(0, most) : raised,
        more);
  }

  private static Long complete(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COMPLETE)) {
      return row.next() ? row.getObject(1, Long.class) : null;
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
