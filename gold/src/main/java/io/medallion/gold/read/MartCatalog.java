package io.medallion.gold.read;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The marts and views that Postgres has, at one moment.
 *
 * @param version the version of silver up to which gold is; -1 if it has merged nothing
 * @param tables of every mart that is there, by name
 * @param definitions what the rows of each mart that is added to were made with
 * @param views the text that each view of a user's own was made from
 * @param filling the marts that are being filled
 * @param fillingVersion the version of silver up to which these are; -1 if there is nothing yet
 * @param refused the files that gold could not keep at its last start
 */
public record MartCatalog(
    long version,
    Map<String, Tables> tables,
    Map<String, String> definitions,
    Map<String, String> views,
    Set<String> filling,
    long fillingVersion,
    List<MartRefusal> refused) {
  private static final long NOTHING = -1;

  private static final String IS_FILLING =
      "SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
          + " WHERE nspname = 'gold_filling' AND relname = 'marts'"
          + " AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')";

  /**
   * A mart's tables.
   *
   * @param names without their schema, that of the mart first
   * @param statement the file that it was made from; null for a class
   * @param filledAt when it was last made from silver's history; null for a class
   */
  public record Tables(List<String> names, String statement, Instant filledAt) {}

  /**
   * How much there is of a mart.
   *
   * @param rows of its first table
   * @param bytes on disk of all its tables, indexes included
   */
  public record Size(long rows, long bytes) {}

  /**
   * Looks, as the role that only reads; empty if gold has never run on this database.
   *
   * @throws MedallionException if Postgres does not answer or refuses, or its schema is another
   *     release's
   */
  public static Optional<MartCatalog> read(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement()) {
      return Migrations.isHere(statement) ? Optional.of(read(statement)) : Optional.empty();
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }

  private static MartCatalog read(Statement statement) throws SQLException {
    Map<String, Tables> tables = new TreeMap<>();
    Marts.tablesOfClasses()
        .forEach((mart, names) -> tables.put(mart, new Tables(names, null, null)));
    try (ResultSet rows =
        statement.executeQuery("SELECT mart, tables, statement, filled_at FROM gold.marts")) {
      while (rows.next()) {
        tables.put(
            rows.getString(1),
            new Tables(
                List.of((String[]) rows.getArray(2).getArray()),
                rows.getString(3),
                rows.getObject(4, OffsetDateTime.class).toInstant()));
      }
    }
    Set<String> filling = new TreeSet<>();
    long fillingVersion = NOTHING;
    if (exists(statement, IS_FILLING)) {
      filling.addAll(texts(statement, "SELECT mart, '' FROM gold_filling.marts").keySet());
      fillingVersion = version(statement, "gold_filling.ledger");
    }
    return new MartCatalog(
        version(statement, "gold.ledger"),
        tables,
        texts(statement, "SELECT mart, definition FROM gold.definitions"),
        texts(
            statement,
            "SELECT view, statement FROM gold.mart_views"
                + " WHERE to_regclass(format('gold.%I', view)) IS NOT NULL"),
        filling,
        fillingVersion,
        GoldReader.refused(statement));
  }

  private static boolean exists(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next();
    }
  }

  private static long version(Statement statement, String ledger) throws SQLException {
    try (ResultSet rows = statement.executeQuery("SELECT silver_version FROM " + ledger)) {
      return rows.next() ? rows.getLong(1) : NOTHING;
    }
  }

  private static Map<String, String> texts(Statement statement, String sql) throws SQLException {
    Map<String, String> texts = new TreeMap<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.put(rows.getString(1), rows.getString(2));
      }
    }
    return texts;
  }

  /**
   * Counts the rows of marts and asks for their size; of a table of many millions of rows that may
   * take seconds.
   *
   * @param marts their tables without schema, the one whose rows are counted first
   */
  public static Map<String, Size> sizes(
      Configuration configuration, Map<String, List<String>> marts) {
    Postgres postgres = Postgres.reader(configuration);
    Map<String, Size> sizes = new TreeMap<>();
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement();
        PreparedStatement size =
            connection.prepareStatement(
                "SELECT sum(pg_total_relation_size(format('gold.%I', name)::regclass))"
                    + " FROM unnest(?) AS name")) {
      for (Map.Entry<String, List<String>> mart : marts.entrySet()) {
        size.setArray(1, connection.createArrayOf("text", mart.getValue().toArray()));
        try (ResultSet bytes = size.executeQuery();
            ResultSet rows =
                statement.executeQuery(
                    "SELECT count(*) FROM gold.\"%s\"".formatted(mart.getValue().get(0)))) {
          bytes.next();
          rows.next();
          sizes.put(mart.getKey(), new Size(rows.getLong(1), bytes.getLong(1)));
        }
      }
      return sizes;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }
}
