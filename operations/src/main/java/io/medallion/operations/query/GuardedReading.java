package io.medallion.operations.query;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.read.GoldTables;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.query.ReadingSession;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * What others may read of a lake and of gold, by whatever way they ask: the settings of a session
 * that cannot do more, and the guard that decides before anything is looked up.
 */
public final class GuardedReading {
  private final Lake lake;
  private final Configuration configuration;

  /** Over a lake, and over gold if the configuration names it; opens neither. */
  public GuardedReading(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.configuration = configuration;
  }

  /**
   * The settings of a session that only reads ({@link ReadingSession}), gold's catalog among them.
   */
  public Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>(ReadingSession.settings(lake));
    if (hasGold()) {
      settings.putAll(GoldTables.settings(configuration));
    }
    return settings;
  }

  /** A session of these settings, next to those that the lake's own session has. */
  SparkSession session() {
    SparkSession session = lake.session().newSession();
    settings().forEach(session.conf()::set);
    keepFunctions(session);
    return session;
  }

  /** Leaves a session no function of Spark's but those that only compute. */
  public static void keepFunctions(SparkSession session) {
    SqlPlan.keepFunctions(session, QueryGuard.functions()::contains);
  }

  /**
   * Makes sure that a text is one query that only reads.
   *
   * @param session whose parser reads it
   * @throws MedallionException if it does not parse, names what is not there, or is more than that
   */
  public void requireQuery(SparkSession session, String sql) {
    require(SqlPlan.parse(session, sql));
  }

  /**
   * The same of an expression, which may hold queries.
   *
   * @throws MedallionException as {@link #requireQuery} does
   */
  public void requireExpression(SparkSession session, String sql) {
    require(SqlPlan.parseExpression(session, sql));
  }

  /**
   * Makes sure that a name, as it is written in SQL, is one of a table of ours.
   *
   * @throws MedallionException if it is not
   */
  public void requireTable(SparkSession session, String name) {
    QueryGuard.requireTable(
        SqlPlan.parseName(session, name), Set.of(), () -> goldNames(configuration));
  }

  /**
   * Makes sure that a function only computes from what it is given.
   *
   * @throws MedallionException if it may do more, or is none of Spark's
   */
  public void requireFunction(String name) {
    QueryGuard.requireFunction(name);
  }

  /**
   * The error of what is no query.
   *
   * @param why half a sentence, such as "It holds Command, which does more than read"
   */
  public static MedallionException refused(String why) {
    return QueryGuard.refused(why);
  }

  void require(Asked asked) {
    QueryGuard.require(asked, () -> goldNames(configuration));
  }

  boolean hasGold() {
    return configuration.find(Keys.POSTGRES_URL).isPresent();
  }

  static List<String> goldNames(Configuration configuration) {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      throw new MedallionException(
          ErrorCode.CONFIG_MISSING,
          "The query asks for a table of gold, and postgres.url is not set",
          "Gold is in Postgres.",
          "Give postgres.url and the reader's password; `medallion config` shows what is in"
              + " force.");
    }
    return GoldTables.names(configuration);
  }
}
