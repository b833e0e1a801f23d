package io.medallion.lakehouse.session;

import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How a session works: with the settings of small live batches, or with those of a big drain.
 *
 * <p>Spark's defaults generate and compile Java code for every query, which a batch of a few
 * thousand rows never earns back: it was 41 % of all CPU of a live chain. A drain of millions of
 * rows does.
 */
public enum BatchProfile {
  /** Small batches, one after the other: no code generation, one task. */
  LOW_LATENCY(
      Map.of(
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN",
          "spark.sql.adaptive.enabled", "false",
          "spark.sql.shuffle.partitions", "1")),
  /** Big chunks: code generation, and as many tasks as there are cores. */
  THROUGHPUT(
      Map.of(
          "spark.sql.codegen.wholeStage", "true",
          "spark.sql.codegen.factoryMode", "FALLBACK",
          "spark.sql.adaptive.enabled", "false",
          // Files are read in parts of at least so many bytes: 4 MiB, as of Spark, are as many
          // events as a core of a large cluster gets of a chunk of ten.
          "spark.sql.files.openCostInBytes", "512k"));

  @SuppressWarnings("ImmutableEnumChecker") // Map.of is immutable; its type does not say so.
  private final Map<String, String> settings;

  BatchProfile(Map<String, String> settings) {
    this.settings = settings;
  }

  /** A session of its own with these settings, over the same context. */
  public SparkSession session(SparkSession base) {
    SparkSession session = base.newSession();
    apply(session);
    return session;
  }

  /** Makes a session work in this mode from its next query on. */
  public void apply(SparkSession session) {
    settings.forEach(session.conf()::set);
    if (this == THROUGHPUT) {
      session.conf().set("spark.sql.shuffle.partitions", Workers.cores(session));
    }
  }

  /**
   * The rows as this mode works on them: a small batch in one task, which makes one file of each
   * partition that it writes to.
   */
  public Dataset<Row> gathered(Dataset<Row> rows) {
    return this == LOW_LATENCY ? rows.coalesce(1) : rows;
  }

  /** The same of rows of Spark's own kind; a large batch in at most as many tasks as cores. */
  public <T> JavaRDD<T> gathered(JavaRDD<T> rows) {
    return rows.coalesce(this == LOW_LATENCY ? 1 : Workers.cores(rows.context()));
  }

  /** The mode for so many new rows. */
  public static BatchProfile of(long rows, long mostLiveRows) {
    return rows <= mostLiveRows ? LOW_LATENCY : THROUGHPUT;
  }
}
