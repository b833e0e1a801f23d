package io.medallion.bronze;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.BronzeColumns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What Kafka still has of the records that bronze has read, of the cluster and topics that are
 * there now.
 */
public final class KafkaRecords {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Some offsets of a partition.
   *
   * @param epoch of bronze's rows of it
   * @param topic its topic
   * @param partition which one of the topic's
   * @param first the first of them
   * @param end the one after the last
   */
  public record Stretch(int epoch, String topic, int partition, long first, long end) {
    /** How many offsets. */
    public long size() {
      return Math.max(0, end - first);
    }

    /** One of some parts of about equal size. */
    public Stretch part(int number, int parts) {
      return new Stretch(
          epoch,
          topic,
          partition,
          first + size() * number / parts,
          first + size() * (number + 1) / parts);
    }
  }

  private final Configuration configuration;
  private final List<Stretch> held;
  private final long gone;

  private KafkaRecords(Configuration configuration, List<Stretch> held, long gone) {
    this.configuration = configuration;
    this.held = List.copyOf(held);
    this.gone = gone;
  }

  /**
   * Asks the brokers.
   *
   * @param bronzeState the state of the bronze table
   * @throws io.medallion.common.error.MedallionException if they do not answer, refuse, or have no
   *     such topic
   */
  public static KafkaRecords of(TableState bronzeState, Configuration configuration) {
    KafkaIdentity identity;
    Map<TopicPartition, KafkaCluster.Range> ranges;
    try (KafkaCluster cluster = new KafkaCluster(configuration, PATIENCE)) {
      identity = cluster.identity();
      ranges = cluster.ranges(identity);
    }
    List<Stretch> held = new ArrayList<>();
    long gone = 0;
    for (KafkaPosition position : KafkaPosition.of(bronzeState).values()) {
      TopicPartition partition = position.partition();
      KafkaCluster.Range range = ranges.get(partition);
      if (range == null || !identity.isOf(position)) {
        gone += position.next();
        continue;
      }
      long first = Math.min(range.earliest(), position.next());
      gone += first;
      held.add(
          new Stretch(
              position.epoch(),
              partition.topic(),
              partition.partition(),
              first,
              Math.min(position.next(), range.end())));
    }
    held.sort(Comparator.comparing(Stretch::topic).thenComparingInt(Stretch::partition));
    return new KafkaRecords(configuration, held, gone);
  }

  /** What Kafka has of each partition up to where bronze has read. */
  public List<Stretch> held() {
    return held;
  }

  /** How many offsets before bronze's position it has no more. */
  public long gone() {
    return gone;
  }

  /** Whether it may drop records between others; assumed if it does not tell. */
  public boolean isCompacted() {
    try (KafkaCluster cluster = new KafkaCluster(configuration, PATIENCE)) {
      return cluster.areCompacted(held.stream().map(Stretch::topic).collect(Collectors.toSet()));
    }
  }

  /**
   * Reads records as bronze does, under the names that bronze's columns have.
   *
   * @param stretches at most one of each partition
   */
  public Dataset<Row> read(SparkSession session, List<Stretch> stretches) {
    ObjectNode partitions = JSON.createObjectNode();
    ObjectNode from = JSON.createObjectNode();
    ObjectNode until = JSON.createObjectNode();
    for (Stretch stretch : stretches) {
      partitions.withArrayProperty(stretch.topic()).add(stretch.partition());
      String number = Integer.toString(stretch.partition());
      from.withObjectProperty(stretch.topic()).put(number, stretch.first());
      until.withObjectProperty(stretch.topic()).put(number, stretch.end());
    }
    var reader =
        session
            .read()
            .format("kafka")
            .option("kafka.bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS))
            .option("kafka.isolation.level", "read_committed")
            .option("assign", partitions.toString())
            .option("startingOffsets", from.toString())
            .option("endingOffsets", until.toString())
            .option("includeHeaders", "true")
            .option("failOnDataLoss", "true");
    configuration
        .below(Keys.KAFKA_OPTIONS)
        .forEach((name, value) -> reader.option("kafka." + name, value));
    return reader
        .load()
        .withColumnRenamed("timestamp", BronzeColumns.KAFKA_TIMESTAMP)
        .withColumnRenamed("timestampType", BronzeColumns.TIMESTAMP_TYPE);
  }
}
