package io.medallion.gold.read;

import io.medallion.common.config.Configuration;
import io.medallion.gold.catalog.GoldCatalog;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.postgres.SqlFile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.Driver;

/** Gold's tables and views as tables of Spark, read as the role that can do nothing else. */
public final class GoldTables {
  private static final SqlFile NAMES = SqlFile.of("reader/tables");
  private static final SqlFile COLUMNS = SqlFile.of("reader/columns");
  private static final String CATALOG = "spark.sql.catalog." + GoldCatalog.NAME;

  private GoldTables() {}

  /** What makes them known to a session as {@code gold.NAME}; connects when one is asked for. */
  public static Map<String, String> settings(Configuration configuration) {
    Map<String, String> settings = new HashMap<>();
    settings.put(CATALOG, GoldCatalog.class.getName());
    options(Postgres.reader(configuration))
        .forEach((key, value) -> settings.put(CATALOG + "." + key, value));
    return settings;
  }

  private static Map<String, String> options(Postgres postgres) {
    Map<String, String> options = new HashMap<>();
    options.put("url", postgres.url());
    options.put("driver", Driver.class.getName());
    options.put("user", postgres.user());
    if (postgres.password() != null) {
      options.put("password", postgres.password());
    }
    // The driver's: the server refuses to write, also where one role is used for everything.
    options.put("readOnly", "true");
    options.put("readOnlyMode", "always");
    // Postgres has texts in another order than Spark: which is the least, or the first, Spark says.
    options.put("pushDownAggregate", "false");
    options.put("pushDownLimit", "false");
    options.put("pushDownOffset", "false");
    return options;
  }

  /**
   * The names of those that the reader may see.
   *
   * @throws io.medallion.common.error.MedallionException if Postgres does not answer
   */
  public static List<String> names(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
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

  /**
   * The columns of those that the reader may see, by table.
   *
   * @throws io.medallion.common.error.MedallionException if Postgres does not answer
   */
  public static Map<String, List<String>> columns(Configuration configuration) {
    Postgres postgres = Postgres.reader(configuration);
    try (Connection connection = postgres.connectToRead();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(COLUMNS.text())) {
      Map<String, List<String>> columns = new LinkedHashMap<>();
      while (rows.next()) {
        columns
            .computeIfAbsent(rows.getString(1), table -> new ArrayList<>())
            .add(rows.getString(2));
      }
      return columns;
    } catch (SQLException e) {
      throw postgres.explained(e);
    }
  }
}
