package io.medallion.e2e.pipeline;

import io.medallion.demo.services.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Every row of every mart, as Postgres writes it. */
final class GoldRows {
  private static final List<String> TABLES =
      List.of("page_views", "active_users", "event_counts", "revenue", "sessions", "daily_users");

  private GoldRows() {}

  static List<List<String>> all(PostgresServer postgres) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        try (ResultSet result =
            statement.executeQuery(
                "SELECT t::text FROM gold." + table + " t ORDER BY t::text COLLATE \"C\"")) {
          while (result.next()) {
            rows.add(List.of(table, result.getString(1)));
          }
        }
      }
    }
    return rows;
  }

  /** The events in gold's sessions; none before gold has made its tables. */
  static long events(PostgresServer postgres) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      try (ResultSet there = statement.executeQuery("SELECT to_regclass('gold.sessions')")) {
        there.next();
        if (there.getString(1) == null) {
          return 0;
        }
      }
      try (ResultSet events =
          statement.executeQuery("SELECT coalesce(sum(events), 0) FROM gold.sessions")) {
        events.next();
        return events.getLong(1);
      }
    }
  }

  static void empty(PostgresServer postgres) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS gold, gold_staging CASCADE");
    }
  }

  /** Takes the rows and leaves the ledger, as by mistake. */
  static void truncate(PostgresServer postgres) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        statement.execute("TRUNCATE gold." + table);
      }
    }
  }

  private static Connection connect(PostgresServer postgres) throws SQLException {
    return DriverManager.getConnection(
        postgres.url(), postgres.owner().user(), postgres.owner().password());
  }
}
