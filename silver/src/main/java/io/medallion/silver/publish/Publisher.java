package io.medallion.silver.publish;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.contract.Contract;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds;
import io.medallion.common.event.ErasedRecords;
import io.medallion.common.event.EventRules;
import io.medallion.lakehouse.ConsumerPosition;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.layer.Pace;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what silver appends to a Kafka topic, from a position of its own, in a thread of its own: a
 * slow topic never delays silver.
 *
 * <p>The position moves after the records are acknowledged, so that a restart may send some again
 * and loses none. Days that a backfill replaced are not sent again.
 */
public final class Publisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  private final Configuration configuration;
  private final Contract contract;
  private final EventRules rules;
  private final Erasures erasures;
  private final Lake lake;
  private final LakeTable silver;
  private final ConsumerPosition served;
  private final String topic;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<BatchProfile, SparkSession> sessions = new EnumMap<>(BatchProfile.class);
  private Thread thread;

  private Publisher(Lake lake, Contract contract, Configuration configuration) {
    this.contract = contract;
    this.configuration = configuration;
    this.rules = EventRules.of(configuration);
    this.erasures = Erasures.of(lake.folder(), configuration);
    this.lake = lake;
    this.silver = lake.table(TableDefinition.SILVER);
    this.topic = configuration.get(Keys.SILVER_PUBLISH_TOPIC);
    this.served = ConsumerPosition.of(lake, topic, silver.id());
    if (served.version().isEmpty()) {
      served.moveTo(silver.version());
    }
  }

  /**
   * The one of a configuration; empty if it publishes nothing. What it publishes begins with what
   * silver appends from here on.
   *
   * @param contract whose columns are published too
   * @throws MedallionException if it does not say which Kafka
   */
  public static Optional<Publisher> of(Lake lake, Contract contract, Configuration configuration) {
    if (!configuration.get(Keys.SILVER_PUBLISH_ENABLED)) {
      return Optional.empty();
    }
    configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS);
    return Optional.of(new Publisher(lake, contract, configuration));
  }

  /** Publishes from now on whatever silver appends, until closed. */
  public synchronized void start() {
    if (thread == null) {
      thread = new Thread(this::run, "silver-publish");
      thread.start();
    }
  }

  private void run() {
    long pause = Pace.interval(configuration).toMillis();
    long wait = pause;
    try {
      while (!stopping.await(wait, TimeUnit.MILLISECONDS)) {
        try {
          publish();
          wait = pause;
        } catch (RuntimeException e) {
          MedallionException known = MedallionException.in(e);
          if (stopping.getCount() == 0) {
            return;
          }
          if (known != null && !known.code().transientFault()) {
            LOG.error("publishing to {} has stopped; silver goes on", topic, e);
            return;
          }
          wait = Math.min(LONGEST_WAIT_MILLIS, 2 * Math.max(1_000, wait));
          LOG.warn("publishing to {} failed and is tried again: {}", topic, e.toString(), e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Publishes everything that silver holds now and has not been published. */
  public void publish() {
    long after = served.version().orElseThrow();
    List<TableVersion> open = new ArrayList<>();
    long rows = 0;
    for (TableVersion version : silver.versions(after, silver.versionAfter(after))) {
      open.add(version);
      rows += version.rows();
      if (rows >= configuration.get(Keys.SILVER_MAX_RECORDS)) {
        publish(open);
        open.clear();
        rows = 0;
      }
    }
    publish(open);
  }

  private void publish(List<TableVersion> versions) {
    List<TableVersion> appended = versions.stream().filter(Publisher::isAppend).toList();
    if (versions.isEmpty() || stopping.getCount() == 0) {
      return;
    }
    long last = versions.get(versions.size() - 1).version();
    long rows = appended.stream().mapToLong(TableVersion::rows).sum();
    if (rows > 0) {
      long began = System.nanoTime();
      var files = appended.stream().flatMap(version -> version.added().stream()).toList();
      String range = versions.get(0).version() + "-" + last;
      EnrichedRecords.of(withoutErased(silver.rows(session(rows), files)), contract, topic, range)
          .write()
          .format("kafka")
          .options(options())
          .save();
      LOG.info(
          "layer=silver-publish version={} rows_out={} duration_ms={}",
          last,
          rows,
          (System.nanoTime() - began) / 1_000_000);
    }
    served.moveTo(last);
  }

  /** Versions that wait to be published may be older than an erasure. */
  private Dataset<Row> withoutErased(Dataset<Row> rows) {
    ErasedIds erased = erasures.ids();
    if (erased.isEmpty()) {
      return rows;
    }
    EventRules rules = this.rules;
    return rows.mapPartitions(
        (MapPartitionsFunction<Row, Row>)
            all -> {
              ErasedRecords persons = new ErasedRecords(rules, erased);
              return StreamSupport.stream(
                      Spliterators.spliteratorUnknownSize(all, Spliterator.ORDERED), false)
                  .filter(
                      row ->
                          !persons.concerns(
                              row.<String>getAs(SilverColumns.USER_ID),
                              row.<String>getAs(SilverColumns.ANONYMOUS_ID),
                              row.<String>getAs(SilverColumns.SESSION_ID)))
                  .iterator();
            },
        Encoders.row(rows.schema()));
  }

  private SparkSession session(long rows) {
    return sessions.computeIfAbsent(
        BatchProfile.of(rows, configuration.get(Keys.LOW_LATENCY_MAX_RECORDS)),
        mode -> mode.session(lake.session()));
  }

  private static boolean isAppend(TableVersion version) {
    return version.removed() == 0
        && version.metadata().isEmpty()
        && version.state().has(TableState.SEQ);
  }

  private Map<String, String> options() {
    return options(configuration);
  }

  /** Of Spark's writer to the topic. */
  static Map<String, String> options(Configuration configuration) {
    Map<String, String> options = new HashMap<>();
    options.put("kafka.compression.type", "lz4");
    configuration
        .below(Keys.KAFKA_OPTIONS)
        .forEach((name, value) -> options.put("kafka." + name, value));
    options.put("kafka.bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    return options;
  }

  /** Stops; what is being sent is sent again by the next start. */
  @Override
  public synchronized void close() {
    stopping.countDown();
    if (thread != null) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
