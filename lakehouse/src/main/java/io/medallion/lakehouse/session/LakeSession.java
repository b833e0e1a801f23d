package io.medallion.lakehouse.session;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.spark.ReadOnlyExtension;
import io.medallion.lakehouse.store.HardLinkLogStore;
import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/** Makes the Spark session that every part of the program works in. */
public final class LakeSession {
  /** How many values of a column a query may ask for and still have each looked for by itself. */
  public static final int MOST_VALUES_SOUGHT = 100;

  private LakeSession() {}

  /**
   * A session with Delta, our log store and our settings; on this machine's cores unless {@code
   * spark-submit} names a master.
   *
   * @param name shown in Spark's own page and logs
   */
  public static SparkSession create(String name, Configuration configuration) {
    SparkSession.Builder builder = SparkSession.builder().appName(name);
    settings(configuration).forEach(builder::config);
    if (System.getProperty("spark.master") == null) {
      String master = configuration.below(Keys.SPARK).getOrDefault("master", "local[*]");
      builder.master(master);
      if (master.equals("local") || master.startsWith("local[")) {
        onThisMachine(builder);
      }
    }
    configuration
        .below(Keys.SPARK)
        .forEach((key, value) -> builder.config(Keys.SPARK + key, value));
    SparkSession session = builder.getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    HadoopSettings.prepare(session.sparkContext().hadoopConfiguration());
    return session;
  }

  /**
   * The smallest session that reads tables: one core, no code generation, no page.
   *
   * @param name shown in logs
   */
  public static SparkSession reader(String name, Configuration configuration) {
    SparkSession.Builder builder = SparkSession.builder().appName(name);
    settings(configuration).forEach(builder::config);
    configuration
        .below(Keys.SPARK)
        .forEach((key, value) -> builder.config(Keys.SPARK + key, value));
    builder
        .master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.default.parallelism", "1");
    onThisMachine(builder);
    SparkSession session = builder.getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    BatchProfile.LOW_LATENCY.apply(session);
    return session;
  }

  /** All of Spark is in this process: nobody else has to reach it, whatever the host's name. */
  private static void onThisMachine(SparkSession.Builder builder) {
    builder.config("spark.driver.host", "127.0.0.1");
    builder.config("spark.driver.bindAddress", "127.0.0.1");
    // What tasks find need not go through a store of blocks and a socket to get to their driver.
    builder.config("spark.task.maxDirectResultSize", "64m");
  }

  private static Map<String, String> settings(Configuration configuration) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "spark.sql.extensions",
        "io.delta.sql.DeltaSparkSessionExtension," + ReadOnlyExtension.class.getName());
    settings.put(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    settings.put("spark.delta.logStore.file.impl", HardLinkLogStore.class.getName());
    settings.put("spark.delta.logStore.s3a.impl", S3ConditionalWriteLogStore.class.getName());
    settings.put("spark.sql.session.timeZone", "UTC");
    // Spark's own default is a form of 12 bytes that Parquet has given up: a tenth of what writing
    // silver cost went into dictionaries of it.
    settings.put("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    // Of so many values of a column Parquet looks for each; of more it takes all from the least to
    // the greatest. Copies of late events lie far apart.
    settings.put(
        "spark.sql.parquet.pushdown.inFilterThreshold", Integer.toString(MOST_VALUES_SOUGHT));
    settings.put("spark.ui.enabled", configuration.get(Keys.SPARK_UI_ENABLED).toString());
    settings.put("spark.ui.showConsoleProgress", "false");
    // Nothing is kept in Spark's own catalog; its folder is not to appear where the command runs.
    settings.put(
        "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/medallion-warehouse");
    // Spark's own pattern misses sasl.jaas.config.
    settings.put(
        "spark.redaction.regex", "(?i)secret|password|token|access[.]?key|jaas|credential");
    // One class loader for each session costs a live batch 9 % of its CPU; our sessions add no
    // jars.
    settings.put("spark.sql.artifact.isolation.enabled", "false");
    // A state of a few thousand files fits one task; 50 make a snapshot slow.
    settings.put("spark.databricks.delta.snapshotPartitions", "1");
    // With the files in its checksum, Delta reads the whole state again after every commit of a
    // process whose time zone is not UTC, to see that they are right. We do not use them there.
    if (!ZoneId.systemDefault().getRules().equals(ZoneOffset.UTC.getRules())) {
      settings.put("spark.databricks.delta.allFilesInCrc.enabled", "false");
    }
    // Positions are in the tables, so that a checkpoint may be lost; it need not be renamed into
    // place.
    settings.put(
        "spark.sql.streaming.checkpointFileManagerClass",
        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager");
    settings.put("spark.sql.streaming.noDataMicroBatches.enabled", "false");
    settings.put("spark.sql.streaming.minBatchesToRetain", "2");
    settings.put("spark.sql.streaming.metricsEnabled", "false");
    // What the page keeps of the past grows the heap of a live layer.
    settings.put("spark.ui.retainedJobs", "50");
    settings.put("spark.ui.retainedStages", "50");
    settings.put("spark.ui.retainedTasks", "500");
    settings.put("spark.sql.ui.retainedExecutions", "20");
    settings.put("spark.sql.streaming.ui.retainedQueries", "5");
    settings.put("spark.sql.streaming.ui.retainedProgressUpdates", "20");
    return settings;
  }
}
