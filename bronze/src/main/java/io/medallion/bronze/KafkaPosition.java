package io.medallion.bronze;

import io.medallion.lakehouse.delta.TableState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * Up to where bronze has one partition of one topic: a mark of the bronze table, moved in one
 * commit with the rows.
 *
 * @param epoch rises when an operator accepts a re-created topic or another cluster, so that
 *     positions never collide
 * @param clusterId Kafka's id of the cluster
 * @param topicId Kafka's id of the topic; another one after it was deleted and created again
 * @param partition which one
 * @param next the first offset that bronze does not have
 */
record KafkaPosition(
    int epoch, String clusterId, String topicId, TopicPartition partition, long next) {
  private static final Pattern KEY = Pattern.compile("kafka/(\\d+)/([^/]*)/([^/]*)/(.+)/(\\d+)");

  /** The name under which the table's state keeps it. */
  String key() {
    return "kafka/%d/%s/%s/%s/%d"
        .formatted(epoch, clusterId, topicId, partition.topic(), partition.partition());
  }

  KafkaPosition movedTo(long offset) {
    return new KafkaPosition(epoch, clusterId, topicId, partition, offset);
  }

  /** Reads the positions out of a table's state; of each partition the one of its last epoch. */
  static Map<TopicPartition, KafkaPosition> of(TableState state) {
    Map<TopicPartition, KafkaPosition> positions = new HashMap<>();
    state
        .values()
        .forEach(
            (key, next) ->
                parse(key, next)
                    .ifPresent(p -> positions.merge(p.partition(), p, KafkaPosition::later)));
    return positions;
  }

  private static Optional<KafkaPosition> parse(String key, long next) {
    Matcher parts = KEY.matcher(key);
    if (!parts.matches()) {
      return Optional.empty();
    }
    TopicPartition partition = new TopicPartition(parts.group(4), Integer.parseInt(parts.group(5)));
    return Optional.of(
        new KafkaPosition(
            Integer.parseInt(parts.group(1)), parts.group(2), parts.group(3), partition, next));
  }

  private static KafkaPosition later(KafkaPosition a, KafkaPosition b) {
    return Comparator.comparingInt(KafkaPosition::epoch).compare(a, b) >= 0 ? a : b;
  }
}
