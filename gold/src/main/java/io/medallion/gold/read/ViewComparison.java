package io.medallion.gold.read;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Views next to the queries that they should be: Postgres plans both, and plans of the same query
 * are the same. So nothing has to be made for it, and no text has to be understood.
 */
final class ViewComparison {
  /** Where a query of a user's finds names that have no schema, as when its view was made. */
  private static final String SEARCH_PATH = "SET LOCAL search_path TO gold, public";

  private final Connection connection;

  ViewComparison(Connection connection) {
    this.connection = connection;
  }

  Map<String, String> differing(Map<String, String> queries) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(SEARCH_PATH);
    }
    Map<String, String> differing = new TreeMap<>();
    for (Map.Entry<String, String> query : queries.entrySet()) {
      String problem = problem(query.getKey(), query.getValue());
      if (problem != null) {
        differing.put(query.getKey(), problem);
      }
    }
    return differing;
  }

  /** Null if there is none. */
  private String problem(String view, String query) throws SQLException {
    String name = "\"" + view + "\"";
    // In brackets on lines of their own: a query may end in a comment.
    String wanted = "SELECT * FROM (\n" + query + "\n) AS " + name;
    String found = "SELECT * FROM gold." + name;
    Savepoint before = connection.setSavepoint();
    try {
      if (!columns(found).equals(columns(wanted))) {
        return "has other columns than its file";
      }
      return plan(found).equals(plan(wanted)) ? null : "is another query than its file's";
    } catch (SQLException e) {
      connection.rollback(before);
      return "cannot be compared with its file: "
          + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
  }

  private List<String> columns(String query) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery(query + " LIMIT 0")) {
      ResultSetMetaData described = none.getMetaData();
      for (int column = 1; column <= described.getColumnCount(); column++) {
        columns.add(described.getColumnName(column) + " " + described.getColumnTypeName(column));
      }
    }
    return columns;
  }

  private List<String> plan(String query) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet plan = statement.executeQuery("EXPLAIN (VERBOSE, COSTS OFF) " + query)) {
      while (plan.next()) {
        lines.add(plan.getString(1));
      }
    }
    return lines;
  }
}
