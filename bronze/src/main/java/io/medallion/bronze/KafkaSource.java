package io.medallion.bronze;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.session.Workers;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The subscribed topics from bronze's position on: where each partition begins, and whose they are.
 */
final class KafkaSource {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Configuration configuration;
  private final KafkaCluster cluster;
  private KafkaIdentity identity;
  private final Map<TopicPartition, KafkaPosition> start;

  private KafkaSource(
      Configuration configuration,
      KafkaCluster cluster,
      KafkaIdentity identity,
      Map<TopicPartition, KafkaPosition> start) {
    this.configuration = configuration;
    this.cluster = cluster;
    this.identity = identity;
    this.start = start;
  }

  /**
   * Finds where to go on.
   *
   * @param state that of the bronze table
   * @param cluster the caller's, who closes it when the source is not asked any more
   * @throws io.medallion.common.error.MedallionException where the broker cannot be reached, a
   *     topic is missing or was replaced, or offsets that bronze lacks are gone
   */
  static KafkaSource at(TableState state, KafkaCluster cluster, Configuration configuration) {
    KafkaIdentity identity = cluster.identity();
    Map<TopicPartition, KafkaPosition> known = KafkaPosition.of(state);
    Map<TopicPartition, KafkaPosition> start =
        new StartPositions(identity, known, configuration).resolve(cluster.ranges(identity));
    return new KafkaSource(configuration, cluster, identity, start);
  }

  /**
   * The stream of records from the start positions on; partitions that appear later are read from
   * their beginning.
   */
  Dataset<Row> read(SparkSession session) {
    var reader =
        session
            .readStream()
            .format("kafka")
            .option("kafka.bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS))
            .option("kafka.isolation.level", "read_committed")
            .option("startingOffsets", startingOffsets())
            .option("includeHeaders", "true")
            // A topic of few partitions is read by all cores; one of many by as many tasks as
            // these.
            .option("minPartitions", Workers.cores(session))
            .option("maxOffsetsPerTrigger", configuration.get(Keys.BRONZE_MAX_RECORDS))
            .option("failOnDataLoss", "true");
    configuration
        .find(Keys.KAFKA_TOPIC_PATTERN)
        .ifPresentOrElse(
            pattern -> reader.option("subscribePattern", pattern),
            () ->
                reader.option("subscribe", String.join(",", configuration.get(Keys.KAFKA_TOPICS))));
    configuration
        .below(Keys.KAFKA_OPTIONS)
        .forEach((name, value) -> reader.option("kafka." + name, value));
    return reader.load();
  }

  private String startingOffsets() {
    ObjectNode topics = JSON.createObjectNode();
    start.forEach(
        (partition, position) ->
            topics
                .withObjectProperty(partition.topic())
                .put(Integer.toString(partition.partition()), position.next()));
    return topics.toString();
  }

  /**
   * Makes sure that cluster and topics are still those whose records the batch holds. Spark does
   * not notice.
   *
   * @throws io.medallion.common.error.MedallionException if they were replaced
   */
  void verifyUnchanged() {
    KafkaIdentity now = cluster.identity();
    identity.requireSame(now);
    // A topic that begins to match the pattern while bronze runs is one more.
    identity = now;
  }

  /** Where this run began. */
  Collection<KafkaPosition> start() {
    return start.values();
  }

  /**
   * Positions for the end of a batch, as Spark's Kafka source writes it: topic, partition, first
   * offset not read.
   */
  Map<TopicPartition, KafkaPosition> positions(JsonNode end) {
    Map<TopicPartition, KafkaPosition> positions = new HashMap<>();
    end.properties()
        .forEach(
            topic ->
                topic
                    .getValue()
                    .properties()
                    .forEach(
                        p -> {
                          TopicPartition partition =
                              new TopicPartition(topic.getKey(), Integer.parseInt(p.getKey()));
                          positions.put(
                              partition, position(partition).movedTo(p.getValue().asLong()));
                        }));
    return positions;
  }

  private KafkaPosition position(TopicPartition partition) {
    KafkaPosition known = start.get(partition);
    if (known != null) {
      return known;
    }
    return new KafkaPosition(
        epochs().getOrDefault(partition.topic(), 0),
        identity.clusterId(),
        identity.topicIds().get(partition.topic()),
        partition,
        0);
  }

  /** How often each topic was replaced by another one of its name; those that were. */
  Map<String, Integer> epochs() {
    Map<String, Integer> epochs = new HashMap<>();
    start.values().stream()
        .filter(position -> position.epoch() > 0)
        .forEach(position -> epochs.put(position.partition().topic(), position.epoch()));
    return epochs;
  }
}
