package io.medallion.bench;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What was counted, by table and key, and how far that is from what should have been. */
final class CountedRows {
  /** What tells one column of a key from the next. */
  private static final String AND = ", '\u0001', ";

  /** What each table should hold, by Spark over all of silver, in a batch. */
  private static final Map<String, String> TRUTH = new LinkedHashMap<>();

  /** What it holds: key, number. */
  private static final Map<String, String> HELD = new LinkedHashMap<>();

  static {
    TRUTH.put(
        "page_views",
        "SELECT concat(site%1$sunix_millis(date_trunc('MINUTE', event_time))%1$scoalesce(page,"
            + " '(none)')), count(*) FROM silver WHERE event_type = 'page_view' GROUP BY 1");
    HELD.put(
        "page_views",
        "SELECT concat(site%1$s(extract(epoch FROM window_start) * 1000)::bigint%1$spage), views"
            + " FROM %2$s.page_views");
    TRUTH.put(
        "active_users",
        "SELECT concat(site%1$sunix_millis(window(event_time, '5 minutes', '1 minute').start)),"
            + " count(DISTINCT visitor) FROM silver"
            + " GROUP BY site, window(event_time, '5 minutes', '1 minute')");
    HELD.put(
        "active_users",
        "SELECT concat(site%1$s(extract(epoch FROM window_start) * 1000)::bigint), users"
            + " FROM %2$s.active_users");
    TRUTH.put(
        "sessions",
        "SELECT concat(site%1$svisitor%1$sunix_millis(session_window(event_time, '30 minutes')"
            + ".start)), count(*) FROM silver"
            + " GROUP BY site, visitor, session_window(event_time, '30 minutes')");
    HELD.put(
        "sessions",
        "SELECT concat(site%1$svisitor%1$sfloor(extract(epoch FROM session_start) * 1000)::bigint),"
            + " events FROM %2$s.sessions");
  }

  private final Map<String, Map<String, Long>> tables;

  /**
   * Numbers that are at hand.
   *
   * @param tables the numbers by table and key
   */
  CountedRows(Map<String, Map<String, Long>> tables) {
    this.tables = tables;
  }

  /** What should be there, by silver. */
  static CountedRows truth(Configuration configuration) {
    Map<String, Map<String, Long>> tables = new LinkedHashMap<>();
    try (SparkSession session = LakeSession.create("peer", configuration)) {
      LakeTable silver = Lake.open(session, configuration).table(TableDefinition.SILVER);
      silver.rowsAt(session, silver.version()).createOrReplaceTempView("silver");
      TRUTH.forEach(
          (table, sql) -> {
            Map<String, Long> rows = new HashMap<>();
            for (Row row : session.sql(sql.formatted(AND)).collectAsList()) {
              rows.put(row.getString(0), row.getLong(1));
            }
            tables.put(table, rows);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CountedRows(tables);
  }

  /** What is there, by one who counts. */
  static CountedRows held(TestBed bed, String schema) {
    Map<String, Map<String, Long>> tables = new LinkedHashMap<>();
    try (Connection connection = bed.owner();
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> table : HELD.entrySet()) {
        Map<String, Long> rows = new HashMap<>();
        try (ResultSet found = statement.executeQuery(table.getValue().formatted(AND, schema))) {
          while (found.next()) {
            rows.put(found.getString(1), found.getLong(2));
          }
        }
        tables.put(table.getKey(), rows);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new CountedRows(tables);
  }

  /**
   * Adds a line for each table to one of columns who, table, rows that should be there, that are
   * right, counted too little, counted too much.
   */
  void compare(String who, CountedRows held, ReportTable into) {
    tables.forEach(
        (table, truth) -> {
          Map<String, Long> found = new HashMap<>(held.tables.get(table));
          long right = 0;
          long missing = 0;
          long over = 0;
          for (Map.Entry<String, Long> row : truth.entrySet()) {
            long counted = found.getOrDefault(row.getKey(), 0L);
            found.remove(row.getKey());
            right += counted == row.getValue() ? 1 : 0;
            missing += Math.max(0, row.getValue() - counted);
            over += Math.max(0, counted - row.getValue());
          }
          over += found.values().stream().mapToLong(Long::longValue).sum();
          into.add(who, table, truth.size(), right, missing, over);
        });
  }
}
