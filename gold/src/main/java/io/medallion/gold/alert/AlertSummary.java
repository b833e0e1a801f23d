package io.medallion.gold.alert;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * What alerts have raised lately, and what waits to be told.
 *
 * @param raised how many windows and keys an alert was raised over in the last day, and still is
 * @param waiting what has not been taken yet, by target
 */
public record AlertSummary(long raised, List<AlertCatalog.Waiting> waiting) {
  private static final String RAISED =
      "SELECT count(*) FILTER (WHERE state = 'raised' AND changed_at > now() - interval '1 day')"
          + " FROM gold.alerts HAVING count(*) > 0 OR EXISTS (SELECT FROM gold.alert_state)";

  /** Takes a copy of the list. */
  public AlertSummary {
    waiting = List.copyOf(waiting);
  }

  /**
   * Reads it, as the role that only reads; empty where no alert has been judged.
   *
   * @throws MedallionException if Postgres does not answer or refuses
   */
  public static Optional<AlertSummary> read(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement()) {
      if (!Migrations.isHere(statement)) {
        return Optional.empty();
      }
      Long raised = raised(statement);
      return raised == null
          ? Optional.empty()
          : Optional.of(new AlertSummary(raised, AlertCatalog.waiting(statement)));
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  private static Long raised(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery(RAISED)) {
      return rows.next() ? rows.getLong(1) : null;
    }
  }
}
