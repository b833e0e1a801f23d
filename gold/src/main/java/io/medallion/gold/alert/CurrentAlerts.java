package io.medallion.gold.alert;

import io.medallion.gold.alert.AlertDefinition.Freshness;
import io.medallion.gold.alert.AlertDefinition.Quarantine;
import io.medallion.gold.alert.AlertLog.Change;
import io.medallion.gold.alert.AlertLog.State;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Judges alerts that are about now and no window: how fresh gold is, and what share of the records
 * goes into quarantine. They are raised and end, also while nothing is merged.
 *
 * <p>Not thread-safe. Holds a connection until closed.
 */
final class CurrentAlerts implements AutoCloseable {
  private static final SqlFile SAMPLE = SqlFile.of("alerts/sample");
  private static final SqlFile SHARE = SqlFile.of("alerts/quarantine");
  private static final String BEHIND =
      "SELECT extract(epoch FROM now() - newest_kafka) FROM gold.ledger WHERE newest_kafka IS NOT NULL";
  private static final String NOW = "SELECT (extract(epoch FROM now()) * 1000000)::bigint";
  private static final String RECORDED = "SELECT state, changes FROM gold.alerts WHERE id = ?";
  private static final String SWEEP =
      "DELETE FROM gold.quarantine_samples WHERE observed_at < now() - ? * interval '1 microsecond'";

  private final Postgres postgres;
  private final List<AlertDefinition> alerts;
  private final AlertLog log;
  private Connection connection;

  /**
   * @param alerts those that are about no mart
   */
  CurrentAlerts(Postgres postgres, List<AlertDefinition> alerts, AlertLog log) {
    this.postgres = postgres;
    this.alerts = List.copyOf(alerts);
    this.log = log;
  }

  /**
   * What is so.
   *
   * @param raised whether it is to be raised
   * @param shown the numbers, JSON
   */
  private record Verdict(boolean raised, String shown) {}

  /** Judges all of them once. */
  void judge() throws SQLException {
    try {
      if (connection == null) {
        connection = postgres.connect();
        connection.setAutoCommit(false);
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL TimeZone = 'UTC'");
      }
      sample();
      List<Change> changes = new ArrayList<>();
      long now = now();
      for (AlertDefinition alert : alerts) {
        Verdict verdict =
            alert.condition() instanceof Quarantine quarantine
                ? share(quarantine)
                : behind((Freshness) alert.condition());
        change(alert, verdict, now, changes);
      }
      log.write(connection, changes);
      connection.commit();
    } catch (SQLException e) {
      close();
      throw e;
    }
  }

  private void change(AlertDefinition alert, Verdict verdict, long now, List<Change> changes)
      throws SQLException {
    if (verdict == null) {
      return;
    }
    UUID id = AlertLog.id(alert.name());
    State state = State.ENDED;
    int changed = 0;
    try (PreparedStatement select = connection.prepareStatement(RECORDED)) {
      select.setObject(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          state = row.getString(1).equals(State.RAISED.word()) ? State.RAISED : State.ENDED;
          changed = row.getInt(2);
        }
      }
    }
    State next = verdict.raised() ? State.RAISED : State.ENDED;
    if (next != state) {
      changes.add(new Change(id, alert, now, now, next, changed + 1, "{}", verdict.shown()));
    }
  }

  private Verdict behind(Freshness freshness) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(BEHIND)) {
      if (!row.next()) {
        return null;
      }
      BigDecimal seconds = row.getBigDecimal(1);
      return new Verdict(
          seconds.compareTo(BigDecimal.valueOf(freshness.behind().toMillis(), 3)) > 0,
          "{\"behind_seconds\": %d}".formatted(seconds.longValue()));
    }
  }

  private Verdict share(Quarantine quarantine) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SHARE.text())) {
      select.setString(1, quarantine.reason());
      select.setLong(2, micros(quarantine.within()));
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long read = row.getLong(1);
        long refused = row.getLong(2);
        boolean raised =
            read >= Math.max(1, quarantine.least())
                && BigDecimal.valueOf(refused)
                        .compareTo(quarantine.share().multiply(BigDecimal.valueOf(read)))
                    > 0;
        return new Verdict(raised, "{\"read\": %d, \"quarantined\": %d}".formatted(read, refused));
      }
    }
  }

  private void sample() throws SQLException {
    long longest =
        alerts.stream()
            .map(AlertDefinition::condition)
            .filter(Quarantine.class::isInstance)
            .mapToLong(condition -> micros(((Quarantine) condition).within()))
            .max()
            .orElse(0);
    if (longest == 0) {
      return;
    }
    SAMPLE.run(connection);
    try (PreparedStatement delete = connection.prepareStatement(SWEEP)) {
      delete.setLong(1, 2 * longest + micros(Duration.ofHours(1)));
      delete.executeUpdate();
    }
  }

  private long now() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(NOW)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  @Override
  public void close() {
    if (connection != null) {
      postgres.closeQuietly(connection);
      connection = null;
    }
  }
}
