package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.alert.AlertDefinition.Freshness;
import io.medallion.gold.alert.AlertDefinition.OverMart;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The alerts that files declare, next to what gold has made of them.
 *
 * @param alerts in the order of their names
 * @param waiting what is to be told and has not been taken yet, by target
 */
public record AlertCatalog(List<Entry> alerts, List<Waiting> waiting) {
  private static final SqlFile RAISED = SqlFile.of("alerts/raised");
  private static final SqlFile WAITING = SqlFile.of("alerts/waiting");
  private static final String REFUSED =
      "SELECT file, line_number, column_number, problem, reason, remedy, failed"
          + " FROM gold.refused_marts WHERE file LIKE '%.alert.yaml'";
  private static final String STATES = "SELECT alert, judged_until FROM gold.alert_state";

  /** Takes copies of the lists. */
  public AlertCatalog {
    alerts = List.copyOf(alerts);
    waiting = List.copyOf(waiting);
  }

  /** What has become of a file. */
  public enum State {
    /** Gold judges it. */
    JUDGED,
    /** Gold has not judged it yet. */
    WAITING,
    /** It cannot be judged. */
    REFUSED,
    /** It was set aside, as Postgres could not judge it. */
    FAILED
  }

  /**
   * An alert.
   *
   * @param name the file's
   * @param about the mart, or {@code freshness} or {@code quarantine}; null if that is not known
   * @param state what has become of it
   * @param raised over how many windows and keys it is raised
   * @param withdrawn over how many it was
   * @param judgedUntil windows that end by then are judged; null where there is none
   * @param changedAt when something was raised or withdrawn last; null if nothing was
   * @param file where it is declared
   * @param refused why it is not judged; null if it is
   */
  public record Entry(
      String name,
      String about,
      State state,
      long raised,
      long withdrawn,
      Instant judgedUntil,
      Instant changedAt,
      String file,
      MartRefusal refused) {}

  /**
   * What waits for a target.
   *
   * @param target who is to be told
   * @param messages how many
   * @param since when the oldest was written
   * @param error why the last attempt failed; null if there was none
   */
  public record Waiting(String target, long messages, Instant since, String error) {}

  /** What gold has of an alert. */
  private record Counts(long raised, long withdrawn, Instant changedAt) {}

  /**
   * Reads files and Postgres, as the role that only reads.
   *
   * @throws MedallionException if a folder cannot be read, or Postgres does not answer
   */
  public static AlertCatalog read(Configuration configuration) {
    AlertFiles files = AlertFiles.load(configuration);
    Map<String, MartRefusal> refused = new TreeMap<>();
    Map<String, Counts> counts = new HashMap<>();
    Map<String, Instant> judged = new HashMap<>();
    List<Waiting> waiting = new ArrayList<>();
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement()) {
      if (Migrations.isHere(statement)) {
        refused(statement, refused);
        waiting.addAll(waiting(statement));
        counts(statement, counts);
        judged(statement, judged);
      }
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
    files.refused().forEach(refusal -> refused.put(refusal.file(), refusal));
    Map<String, Entry> entries = new TreeMap<>();
    for (AlertDefinition alert : files.definitions()) {
      MartRefusal refusal = refused.remove(alert.path());
      Counts found = counts.getOrDefault(alert.name(), new Counts(0, 0, null));
      boolean known = judged.containsKey(alert.name()) || !(alert.condition() instanceof OverMart);
      entries.put(
          alert.name(),
          new Entry(
              alert.name(),
              about(alert),
              state(refusal, known),
              found.raised(),
              found.withdrawn(),
              judged.get(alert.name()),
              found.changedAt(),
              alert.path(),
              refusal));
    }
    for (MartRefusal refusal : files.refused()) {
      String name = AlertFiles.name(refusal.file());
      entries.putIfAbsent(
          name, new Entry(name, null, State.REFUSED, 0, 0, null, null, refusal.file(), refusal));
    }
    return new AlertCatalog(List.copyOf(entries.values()), waiting);
  }

  /**
   * What waits for each target.
   *
   * @param statement of any role that reads
   */
  static List<Waiting> waiting(Statement statement) throws SQLException {
    List<Waiting> waiting = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(WAITING.text())) {
      while (rows.next()) {
        waiting.add(
            new Waiting(rows.getString(1), rows.getLong(2), instant(rows, 3), rows.getString(4)));
      }
    }
    return waiting;
  }

  private static State state(MartRefusal refusal, boolean known) {
    if (refusal != null) {
      return refusal.failed() ? State.FAILED : State.REFUSED;
    }
    return known ? State.JUDGED : State.WAITING;
  }

  private static String about(AlertDefinition alert) {
    return alert.condition() instanceof OverMart over
        ? "gold." + over.mart()
        : alert.condition() instanceof Freshness ? "freshness" : "quarantine";
  }

  private static void refused(Statement statement, Map<String, MartRefusal> refused)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery(REFUSED)) {
      while (rows.next()) {
        refused.put(
            rows.getString(1),
            new MartRefusal(
                rows.getString(1),
                rows.getInt(2),
                rows.getInt(3),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                rows.getBoolean(7)));
      }
    }
  }

  private static void counts(Statement statement, Map<String, Counts> counts) throws SQLException {
    try (ResultSet rows = statement.executeQuery(RAISED.text())) {
      while (rows.next()) {
        counts.put(
            rows.getString(1), new Counts(rows.getLong(2), rows.getLong(3), instant(rows, 4)));
      }
    }
  }

  private static void judged(Statement statement, Map<String, Instant> judged) throws SQLException {
    try (ResultSet rows = statement.executeQuery(STATES)) {
      while (rows.next()) {
        judged.put(rows.getString(1), instant(rows, 2));
      }
    }
  }

  private static Instant instant(ResultSet rows, int column) throws SQLException {
    OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
