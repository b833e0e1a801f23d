package io.medallion.lakehouse.spark;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.catalyst.expressions.XxHash64Function;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;

/** Calls into Spark that are not part of its public interface. */
public final class SparkInternals {
  /** The seed of Spark SQL's {@code xxhash64}. */
  public static final long XXHASH64_SEED = 42;

  private SparkInternals() {}

  /**
   * A session in this process, over the context that is there, or a new one. {@link
   * SparkSession#builder} would find out by Scala's reflection whether that is what is wanted,
   * which takes a start a third of a second.
   *
   * @param settings Spark's, by key
   */
  public static SparkSession session(Map<String, String> settings) {
    var builder = org.apache.spark.sql.classic.SparkSession$.MODULE$.builder();
    settings.forEach(builder::config);
    return builder.getOrCreate();
  }

  /**
   * Does work with a session as the active one of this thread, which Delta asks for its settings.
   */
  public static <T> T inSession(SparkSession session, Supplier<T> work) {
    Option<SparkSession> before = SparkSession.getActiveSession();
    SparkSession.setActiveSession(session);
    try {
      return work.get();
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }

  /** Hadoop's settings with those of the session on top; a copy that the caller may change. */
  public static Configuration hadoopConfiguration(SparkSession session) {
    return session.sessionState().newHadoopConf();
  }

  /** The session's SQL settings, which change with it. */
  public static SQLConf sqlSettings(SparkSession session) {
    return session.sessionState().conf();
  }

  /** Spark SQL's {@code xxhash64} of one string if the seed is {@link #XXHASH64_SEED}. */
  public static long xxHash64(UTF8String text, long seed) {
    return XXH64.hashUTF8String(text, seed);
  }

  /** The same of a whole number of 64 bits. */
  public static long xxHash64(long value, long seed) {
    return XXH64.hashLong(value, seed);
  }

  /** The same of any value, bytes and nested ones among them, as Spark stores it. */
  public static long xxHash64(Object value, DataType type, long seed) {
    return XxHash64Function.hash(value, type, seed);
  }

  /**
   * A query as Spark's parser reads it; nothing is resolved.
   *
   * @throws ParseException if it does not parse
   */
  public static LogicalPlan parsed(SparkSession session, String sql) throws ParseException {
    return ((org.apache.spark.sql.classic.SparkSession) session)
        .sessionState()
        .sqlParser()
        .parsePlan(sql);
  }

  /**
   * The rows of a plan.
   *
   * <p>Throws an {@link org.apache.spark.sql.AnalysisException}, undeclared, if it names what is
   * not there.
   */
  public static Dataset<Row> rows(SparkSession session, LogicalPlan plan) {
    return org.apache.spark.sql.classic.Dataset.ofRows(
        (org.apache.spark.sql.classic.SparkSession) session, plan);
  }

  /** The same rows for queries of another session, whose settings these then have. */
  public static Dataset<Row> rows(SparkSession session, Dataset<Row> rows) {
    return rows(session, ((org.apache.spark.sql.classic.Dataset<Row>) rows).logicalPlan());
  }

  /** A plan with all names resolved, as of {@link #rows}. */
  public static LogicalPlan analysed(SparkSession session, LogicalPlan plan) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) rows(session, plan))
        .queryExecution()
        .analyzed();
  }
}
