package io.medallion.e2e.pipeline;

import io.medallion.demo.services.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every row of every mart that is a function of silver's rows alone, as Postgres writes it. */
final class GoldRows {
  private static final List<String> TABLES =
      List.of(
          "page_views",
          "active_users",
          "active_users__users",
          "event_counts",
          "revenue",
          "sessions",
          "session_hours",
          "daily_users",
          "new_users",
          "period_users",
          "visitor_countries",
          "lateness");

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

  /** Sums over days (UTC), by the day and a name. */
  static Map<String, BigDecimal> byDay(PostgresServer postgres) throws SQLException {
    String day = "SELECT to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' %s', %s FROM gold.%s";
    List<String> queries =
        List.of(
            day.formatted("window_start", "events", "sum(events)", "event_counts"),
            day.formatted("window_start", "page views", "sum(views)", "page_views"),
            "SELECT day || ' users', count(*) FROM gold.daily_users",
            day.formatted("session_start", "sessions", "count(*)", "sessions"),
            day.formatted(
                "session_start",
                "sessions that bought",
                "count(*) FILTER (WHERE converted)",
                "sessions"),
            day.formatted("window_start", "orders", "sum(orders)", "revenue"),
            day.formatted("window_start", "revenue EUR", "sum(revenue)", "revenue"));
    Map<String, BigDecimal> numbers = new TreeMap<>();
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      for (String query : queries) {
        try (ResultSet result = statement.executeQuery(query + " GROUP BY 1")) {
          while (result.next()) {
            numbers.put(result.getString(1), result.getBigDecimal(2));
          }
        }
      }
    }
    return numbers;
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
