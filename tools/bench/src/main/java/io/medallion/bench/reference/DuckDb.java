package io.medallion.bench.reference;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDriver;

/**
 * DuckDB as what can be had of this machine: all fields of the simulator's events, parsed and
 * written as Parquet. It validates nothing and keeps nothing for the next time.
 */
public final class DuckDb {
  private static final Map<String, String> FIELDS = fields();

  private static final String PARSE_LINES =
      """
      COPY (
        SELECT * REPLACE (TRY_CAST("timestamp" AS TIMESTAMP) AS "timestamp")
        FROM read_json('%s', format = 'newline_delimited', ignore_errors = true, columns = {%s}))
      TO '%s' (FORMAT parquet)
      """;

  private static final String PARSE_BRONZE =
      """
      COPY (
        SELECT * REPLACE (TRY_CAST("timestamp" AS TIMESTAMP) AS "timestamp") FROM (
          SELECT topic, "partition", "offset", kafka_timestamp,
            unnest(json_transform(json, '{%s}'))
          FROM (
            SELECT *, TRY(decode(value)) AS json
            FROM read_parquet('%s/*=*/*.parquet', hive_partitioning = false)
            WHERE %s)
          WHERE json_valid(json)))
      TO '%s' (FORMAT parquet)
      """;

  private DuckDb() {}

  private static Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String text :
        new String[] {
          "event_id",
          "timestamp",
          "event_type",
          "user_id",
          "anonymous_id",
          "session_id",
          "page",
          "referrer",
          "ip_address",
          "user_agent",
          "product_id",
          "currency"
        }) {
      fields.put(text, "VARCHAR");
    }
    fields.put("price", "DECIMAL(18,6)");
    fields.put("quantity", "INTEGER");
    fields.put("properties", "JSON");
    return fields;
  }

  /**
   * Parses JSON lines and writes them as Parquet; a line that it cannot parse is a row of nulls, an
   * empty one is none.
   *
   * @param threads that work on it
   * @return how many rows it wrote
   */
  public static long parseLines(Path lines, Path parquet, int threads) {
    String columns =
        FIELDS.entrySet().stream()
            .map(field -> "\"%s\": '%s'".formatted(field.getKey(), field.getValue()))
            .collect(Collectors.joining(", "));
    return write(PARSE_LINES.formatted(quoted(lines), columns, quoted(parquet)), parquet, threads);
  }

  /**
   * Parses records of bronze's own files, as silver does, and writes them with their positions as
   * Parquet; what is not JSON is left out.
   *
   * @param bronze the table's folder, of which every file of a date is read
   * @param from the first offset of each partition; there is one at least
   * @param threads that work on it
   * @return how many rows it wrote
   */
  public static long parseBronze(Path bronze, Map<Integer, Long> from, Path parquet, int threads) {
    String structure =
        FIELDS.entrySet().stream()
            .map(field -> "\"%s\": \"%s\"".formatted(field.getKey(), field.getValue()))
            .collect(Collectors.joining(", "));
    String records =
        from.entrySet().stream()
            .map(
                first ->
                    "(\"partition\" = %d AND \"offset\" >= %d)"
                        .formatted(first.getKey(), first.getValue()))
            .collect(Collectors.joining(" OR "));
    return write(
        PARSE_BRONZE.formatted(structure, quoted(bronze), records, quoted(parquet)),
        parquet,
        threads);
  }

  private static long write(String statement, Path parquet, int threads) {
    try (Connection connection = connect();
        Statement sql = connection.createStatement()) {
      sql.execute("SET threads = " + threads);
      sql.execute("SET preserve_insertion_order = false");
      sql.execute(statement);
      try (ResultSet rows =
          sql.executeQuery("SELECT count(*) FROM read_parquet('%s')".formatted(quoted(parquet)))) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB failed to write " + parquet, e);
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
