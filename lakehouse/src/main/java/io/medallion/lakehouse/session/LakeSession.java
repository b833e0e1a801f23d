package io.medallion.lakehouse.session;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.spark.ReadOnlyExtension;
import io.medallion.lakehouse.spark.SparkInternals;
import io.medallion.lakehouse.store.HardLinkLogStore;
import io.medallion.lakehouse.store.NioLocalFileSystem;
import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the Spark session that every part of the program works in. */
public final class LakeSession {
  /** How many values of a column a query may ask for and still have each looked for by itself. */
  public static final int MOST_VALUES_SOUGHT = 100;

  /** So many positions fit into the checksum file beside each commit; Delta's own limit is 100. */
  private static final int MOST_POSITIONS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(LakeSession.class);
  private static final String MASTER = "spark.master";
  private static final String EXTENSIONS = "spark.sql.extensions";
  private static final List<String> EXTENSIONS_NEEDED =
      List.of("io.delta.sql.DeltaSparkSessionExtension", ReadOnlyExtension.class.getName());
  private static final long LEAST_RESULT_BYTES = 1L << 30;

  /**
   * What every number depends on, and how a commit is published, which all writers of a lake have
   * to do alike; whoever sets it otherwise is told that it has no effect.
   */
  private static final Map<String, String> FIXED =
      Map.of(
          "spark.sql.session.timeZone",
          "UTC",
          "spark.sql.catalog.spark_catalog",
          "org.apache.spark.sql.delta.catalog.DeltaCatalog",
          "spark.delta.logStore.file.impl",
          HardLinkLogStore.class.getName(),
          "spark.delta.logStore.s3a.impl",
          S3ConditionalWriteLogStore.class.getName());

  private LakeSession() {}

  /**
   * A session with Delta, our log store and our settings; on this machine's cores unless {@code
   * spark-submit} names a master. A setting that {@code spark-submit} or a file of Spark's brings
   * takes the place of our default, and one of the configuration that of both.
   *
   * @param name shown in Spark's own page and logs
   */
  public static SparkSession create(String name, Configuration configuration) {
    return begin(name, settings(configuration, System::getProperty));
  }

  /** Whether {@code spark-submit} has started this process. */
  public static boolean isSubmitted() {
    return System.getProperty(MASTER) != null;
  }

  /**
   * The smallest session that reads tables: one core, no code generation, no page.
   *
   * @param name shown in logs
   */
  public static SparkSession reader(String name, Configuration configuration) {
    Map<String, String> settings = settings(configuration, System::getProperty);
    settings.put(MASTER, "local[1]");
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.default.parallelism", "1");
    settings.putAll(onThisMachine());
    SparkSession session = begin(name, settings);
    BatchProfile.LOW_LATENCY.apply(session);
    return session;
  }

  private static SparkSession begin(String name, Map<String, String> settings) {
    settings.put("spark.app.name", name);
    SparkSession session = SparkInternals.session(settings);
    if (!session.sparkContext().conf().contains("spark.log.level")) {
      session.sparkContext().setLogLevel("WARN");
    }
    HadoopSettings.prepare(session.sparkContext().hadoopConfiguration());
    return session;
  }

  /**
   * All of Spark is in this process: nobody else has to reach it, whatever the host's name, and our
   * classes are there before any file is.
   */
  private static Map<String, String> onThisMachine() {
    return Map.of(
        "spark.hadoop.fs.file.impl", NioLocalFileSystem.class.getName(),
        "spark.driver.host", "127.0.0.1",
        "spark.driver.bindAddress", "127.0.0.1",
        // What tasks find need not go through a store of blocks and a socket to get to their
        // driver.
        "spark.task.maxDirectResultSize", "64m");
  }

  /**
   * What the session is to be told: nothing that {@code spark-submit} has said, but for what must
   * be otherwise.
   *
   * @param submitted Spark's settings by {@code spark-submit}, which it leaves in the properties of
   *     the process
   */
  static Map<String, String> settings(
      Configuration configuration, UnaryOperator<String> submitted) {
    Map<String, String> own = new TreeMap<>();
    configuration.below(Keys.SPARK).forEach((key, value) -> own.put(Keys.SPARK + key, value));
    if (configuration.isDefault(Keys.SPARK_UI_ENABLED)) {
      own.remove(Keys.SPARK_UI_ENABLED.name());
    }
    if (submitted.apply(MASTER) != null) {
      own.remove(MASTER);
    }
    Map<String, String> settings = defaults(configuration);
    String master = Optional.ofNullable(submitted.apply(MASTER)).orElse(own.get(MASTER));
    if (master == null) {
      settings.put(MASTER, "local[*]");
    }
    if (master == null || isOnThisMachine(master)) {
      settings.putAll(onThisMachine());
    }
    settings.keySet().removeIf(key -> submitted.apply(key) != null);
    settings.putAll(own);
    UnaryOperator<String> asked = key -> own.getOrDefault(key, submitted.apply(key));
    settings.put(EXTENSIONS, extensions(asked.apply(EXTENSIONS)));
    FIXED.forEach(
        (key, value) -> {
          if (asked.apply(key) != null && !asked.apply(key).equals(value)) {
            LOG.warn("{}={} has no effect: it is {} here", key, asked.apply(key), value);
          }
          settings.put(key, value);
        });
    return settings;
  }

  /** Whether all of Spark is in the driver's process: {@code local}, {@code local[8]}. */
  static boolean isOnThisMachine(String master) {
    return master.equals("local") || master.startsWith("local[");
  }

  /** Ours, and those that a user has besides. */
  private static String extensions(String asked) {
    Set<String> all = new LinkedHashSet<>(EXTENSIONS_NEEDED);
    if (asked != null) {
      Arrays.stream(asked.split(",")).map(String::strip).forEach(all::add);
    }
    all.remove("");
    return String.join(",", all);
  }

  private static Map<String, String> defaults(Configuration configuration) {
    Map<String, String> settings = new TreeMap<>();
    // Bronze has a position for each of Kafka's partitions. Beyond the limit every look at a state
    // is a job over the table's log, three of them every five seconds.
    settings.put(
        "spark.databricks.delta.setTransactionsInCrc.maxAllowed", Integer.toString(MOST_POSITIONS));
    // Silver's tasks tell the driver of each event some 90 bytes; Spark's own limit of 1 GiB ends a
    // chunk of more than some ten million.
    settings.put(
        "spark.driver.maxResultSize",
        Long.toString(Math.max(LEAST_RESULT_BYTES, Runtime.getRuntime().maxMemory() / 2)));
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
