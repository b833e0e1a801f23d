package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.postgresql.Driver;

/** Gold's tables and views as tables of Spark, read as the role that can do nothing else. */
public final class GoldTables {
  private static final String SCHEMA = "gold";
  private static final SqlFile NAMES = SqlFile.of("reader/tables");

  private GoldTables() {}

  /**
   * Makes one known to a session as {@code gold.NAME}; to the process's own catalog, nowhere else.
   *
   * @throws MedallionException where Postgres does not answer or has no such table
   */
  public static void register(SparkSession session, Configuration configuration, String name) {
    Postgres postgres = Postgres.reader(configuration);
    List<String> known = names(postgres);
    if (!known.contains(name)) {
      throw new MedallionException(
          ErrorCode.QUERY_INVALID,
          "There is no gold." + name,
          "Postgres has no such table or view, or the reader may not see it.",
          known.isEmpty()
              ? "Gold has not run on this database yet."
              : "There are " + String.join(", ", known) + ".");
    }
    if (!session.catalog().databaseExists(SCHEMA)) {
      session.sql("CREATE DATABASE IF NOT EXISTS " + SCHEMA);
    }
    if (!session.catalog().tableExists(SCHEMA + "." + name)) {
      // Not by SQL, whose text is logged.
      session.catalog().createTable(SCHEMA + "." + name, "jdbc", options(postgres, name));
    }
  }

  private static Map<String, String> options(Postgres postgres, String name) {
    Map<String, String> options = new HashMap<>();
    options.put("url", postgres.url());
    options.put("dbtable", SCHEMA + "." + name);
    options.put("driver", Driver.class.getName());
    options.put("user", postgres.user());
    if (postgres.password() != null) {
      options.put("password", postgres.password());
    }
    return options;
  }

  private static List<String> names(Postgres postgres) {
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(NAMES.text())) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }
}
