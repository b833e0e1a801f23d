package io.medallion.bench.reference;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.duckdb.DuckDBDriver;

/** DuckDB as what can be had of this machine. */
public final class DuckDb {
  private static final String PARSE =
      """
      COPY (
        SELECT * REPLACE (TRY_CAST("timestamp" AS TIMESTAMP) AS "timestamp")
        FROM read_json('%s', format = 'newline_delimited', ignore_errors = true,
          columns = {event_id: 'VARCHAR', "timestamp": 'VARCHAR', event_type: 'VARCHAR',
            user_id: 'VARCHAR', session_id: 'VARCHAR', page: 'VARCHAR', referrer: 'VARCHAR',
            ip_address: 'VARCHAR', user_agent: 'VARCHAR', product_id: 'VARCHAR',
            price: 'DECIMAL(18,6)', quantity: 'INTEGER', currency: 'VARCHAR'}))
      TO '%s' (FORMAT parquet)
      """;

  private DuckDb() {}

  /**
   * Parses JSON lines and writes them as Parquet; a line that it cannot parse is a row of nulls, an
   * empty one is none.
   *
   * @param threads that work on it
   * @return how many rows it wrote
   */
  public static long parse(Path lines, Path parquet, int threads) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET threads = " + threads);
      statement.execute("SET preserve_insertion_order = false");
      statement.execute(PARSE.formatted(quoted(lines), quoted(parquet)));
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT count(*) FROM read_parquet('%s')".formatted(quoted(parquet)))) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB failed on " + lines, e);
    }
  }

  /** The version of the library. */
  public static String version() {
    try (Connection connection = connect()) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB does not start", e);
    }
  }

  private static Connection connect() throws SQLException {
    return new DuckDBDriver().connect("jdbc:duckdb:", new Properties());
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
