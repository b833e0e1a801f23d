package io.medallion.bench.reference;

import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.call_udf;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.window;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What to compare with: the same three layers as a tutorial writes them. {@code from_json}, a UDF
 * for the country, the session's default settings, and for each metric one {@code foreachBatch}
 * that appends its counts to a table.
 *
 * <p>It promises nothing: a batch that runs again counts again, copies count twice, and there are
 * no sessions. That makes it faster than one that would.
 */
public final class Reference implements AutoCloseable {
  private static final StructType EVENT =
      new StructType()
          .add("event_id", DataTypes.StringType)
          .add("timestamp", DataTypes.TimestampType)
          .add("event_type", DataTypes.StringType)
          .add("user_id", DataTypes.StringType)
          .add("session_id", DataTypes.StringType)
          .add("page", DataTypes.StringType)
          .add("referrer", DataTypes.StringType)
          .add("ip_address", DataTypes.StringType)
          .add("user_agent", DataTypes.StringType)
          .add("product_id", DataTypes.StringType)
          .add("price", DataTypes.createDecimalType(18, 6))
          .add("quantity", DataTypes.IntegerType)
          .add("currency", DataTypes.StringType);

  /**
   * Where it writes its metrics.
   *
   * @param url of Postgres
   * @param user that may create tables
   * @param password of the user
   */
  public record Target(String url, String user, String password) {
    Properties properties() {
      Properties properties = new Properties();
      properties.putAll(
          Map.of("user", user, "password", password, "driver", "org.postgresql.Driver"));
      return properties;
    }
  }

  /**
   * What it reads and writes.
   *
   * @param brokers of Kafka
   * @param topic that it reads
   * @param countries a MaxMind database
   * @param target for the metrics
   */
  public record Sources(String brokers, String topic, Path countries, Target target) {}

  /** How it reads. */
  public enum Reading {
    /** From the topic's end on, until closed. */
    LIVE("latest"),
    /** What is there and was not read yet, then each query ends. */
    BACKLOG("earliest");

    private final String start;

    Reading(String start) {
      this.start = start;
    }
  }

  private final SparkSession session;
  private final Path folder;
  private final Sources sources;
  private final Reading reading;
  private final List<StreamingQuery> metrics = new ArrayList<>();
  private final List<StreamingQuery> layers = new ArrayList<>();

  private Reference(SparkSession session, Path folder, Sources sources, Reading reading) {
    this.session = session;
    this.folder = folder;
    this.sources = sources;
    this.reading = reading;
  }

  /**
   * Opens it in a session of its own, with Delta and otherwise default settings; nothing runs yet.
   *
   * @param folder for its tables and checkpoints
   */
  public static Reference open(Path folder, Sources sources, Reading reading) {
    SparkSession session =
        SparkSession.builder()
            .appName("reference")
            .master("local[2]")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    ((org.apache.spark.sql.classic.SparkSession) session)
        .udf()
        .registerJava("country", CountryOf.class.getName(), DataTypes.StringType);
    return new Reference(session, folder, sources, reading);
  }

  /** Its session, for whoever looks on. */
  public SparkSession session() {
    return session;
  }

  /** Begins with bronze. */
  public void startBronze() {
    append(
        session
            .readStream()
            .format("kafka")
            .option("kafka.bootstrap.servers", sources.brokers())
            .option("subscribe", sources.topic())
            .option("startingOffsets", reading.start)
            .load()
            .withColumnRenamed("timestamp", "kafka_timestamp"),
        "bronze");
  }

  /** Goes on with the layers behind bronze, which need its table; called once bronze has rows. */
  public void startSilver() {
    Dataset<Row> events =
        table("bronze")
            .withColumn("event", from_json(col("value").cast("string"), EVENT))
            .select(col("event.*"), col("kafka_timestamp"))
            .withColumnRenamed("timestamp", "event_time")
            .where("event_time is not null and event_id is not null")
            .withColumn(
                "country",
                call_udf("country", col("ip_address"), lit(sources.countries().toString())));
    append(events, "silver");
  }

  /** Goes on with the metrics, which need silver's table. */
  public void startGold() {
    Column minute = window(col("event_time"), "1 minute").getField("start").as("window_start");
    metric(
        "page_views",
        rows ->
            rows.where("event_type = 'page_view'")
                .groupBy(minute, col("page"))
                .agg(count(lit(1)).as("views")));
    metric(
        "event_counts",
        rows ->
            rows.groupBy(minute, col("event_type"), col("country"))
                .agg(count(lit(1)).as("events")));
    metric(
        "revenue",
        rows ->
            rows.where("event_type = 'purchase'")
                .groupBy(minute, col("currency"))
                .agg(sum(col("price").multiply(coalesce(col("quantity"), lit(1)))).as("revenue")));
    metric(
        "active_users",
        rows ->
            rows.groupBy(window(col("event_time"), "5 minutes", "1 minute").getField("start"))
                .agg(approx_count_distinct("user_id").as("users")));
  }

  /** The queries that write metrics; an event is visible when the last of them has it. */
  public List<StreamingQuery> metrics() {
    return List.copyOf(metrics);
  }

  /** Waits until all that is in Kafka now has come to the metrics. */
  public void finish() {
    layers.forEach(StreamingQuery::processAllAvailable);
    metrics.forEach(StreamingQuery::processAllAvailable);
  }

  private Dataset<Row> table(String name) {
    return session.readStream().format("delta").load(folder.resolve(name).toString());
  }

  private void append(Dataset<Row> rows, String name) {
    layers.add(
        rows.writeStream()
            .format("delta")
            .outputMode("append")
            .trigger(trigger())
            .option("checkpointLocation", checkpoint(name))
            .start(folder.resolve(name).toString()));
  }

  private interface Metric extends java.io.Serializable {
    Dataset<Row> of(Dataset<Row> rows);
  }

  private void metric(String name, Metric metric) {
    VoidFunction2<Dataset<Row>, Long> write =
        (rows, batch) ->
            metric
                .of(rows)
                .write()
                .mode(SaveMode.Append)
                .jdbc(sources.target().url(), "reference_" + name, sources.target().properties());
    try {
      metrics.add(
          table("silver")
              .writeStream()
              .foreachBatch(write)
              .trigger(trigger())
              .option("checkpointLocation", checkpoint(name))
              .start());
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private Trigger trigger() {
    return reading == Reading.LIVE ? Trigger.ProcessingTime(0) : Trigger.AvailableNow();
  }

  private String checkpoint(String name) {
    return folder.resolve("checkpoints").resolve(name).toString();
  }

  /**
   * Fails where one of its queries has.
   *
   * @throws IllegalStateException with its failure
   */
  public void requireRunning() {
    for (List<StreamingQuery> queries : List.of(layers, metrics)) {
      for (StreamingQuery query : queries) {
        if (query.exception().isDefined()) {
          throw new IllegalStateException("the reference failed", query.exception().get());
        }
      }
    }
  }

  /** Waits until everything that was started has read its backlog. */
  public void awaitEnd() {
    for (List<StreamingQuery> queries : List.of(layers, metrics)) {
      queries.forEach(Reference::awaitEnd);
    }
  }

  private static void awaitEnd(StreamingQuery query) {
    try {
      query.awaitTermination();
    } catch (StreamingQueryException e) {
      throw new IllegalStateException("the reference failed", e);
    }
  }

  /** Stops its queries and its session. */
  @Override
  public void close() {
    for (List<StreamingQuery> queries : List.of(layers, metrics)) {
      queries.forEach(Reference::stop);
    }
    session.stop();
  }

  private static void stop(StreamingQuery query) {
    try {
      query.stop();
      query.awaitTermination();
    } catch (TimeoutException | StreamingQueryException e) {
      throw new IllegalStateException(e);
    }
  }
}
