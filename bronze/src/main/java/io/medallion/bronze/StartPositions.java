package io.medallion.bronze;

import io.medallion.bronze.KafkaCluster.Range;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides where each partition is read from, and refuses what would silently lose or mix records.
 */
final class StartPositions {
  private final KafkaIdentity identity;
  private final Map<TopicPartition, KafkaPosition> known;
  private final boolean acceptNewSource;
  private final boolean acceptDataLoss;

  StartPositions(
      KafkaIdentity identity,
      Map<TopicPartition, KafkaPosition> known,
      Configuration configuration) {
    this.identity = identity;
    this.known = known;
    this.acceptNewSource = configuration.get(Keys.BRONZE_ACCEPT_NEW_SOURCE);
    this.acceptDataLoss = configuration.get(Keys.BRONZE_ACCEPT_DATA_LOSS);
  }

  Map<TopicPartition, KafkaPosition> resolve(Map<TopicPartition, Range> ranges) {
    Map<String, Integer> epochs = epochs();
    Map<TopicPartition, KafkaPosition> start = new HashMap<>();
    List<String> lost = new ArrayList<>();
    ranges.forEach(
        (partition, range) -> {
          KafkaPosition position = begin(partition, epochs.get(partition.topic()), range);
          start.put(partition, within(position, range, lost));
        });
    if (!lost.isEmpty() && !acceptDataLoss) {
      throw dataLoss(lost);
    }
    return start;
  }

  /** The epoch of each topic: the one it has, or the next if it is another topic now. */
  private Map<String, Integer> epochs() {
    Map<String, Integer> epochs = new HashMap<>();
    identity.topicIds().keySet().forEach(topic -> epochs.put(topic, 0));
    Map<String, Integer> last = lastEpochs();
    for (KafkaPosition position : known.values()) {
      String topic = position.partition().topic();
      if (identity.topicIds().containsKey(topic) && position.epoch() == last.get(topic)) {
        epochs.merge(
            topic, identity.isOf(position) ? position.epoch() : accepted(position), Math::max);
      }
    }
    return epochs;
  }

  /**
   * The last epoch that bronze knows of each topic. A partition that only an earlier topic had
   * keeps its position of then, which says nothing of today's topic.
   */
  private Map<String, Integer> lastEpochs() {
    Map<String, Integer> last = new HashMap<>();
    known.values().forEach(p -> last.merge(p.partition().topic(), p.epoch(), Math::max));
    return last;
  }

  private int accepted(KafkaPosition before) {
    if (!acceptNewSource) {
      String topic = before.partition().topic();
      throw before.clusterId().equals(identity.clusterId())
          ? KafkaIdentity.replaced(
              KafkaIdentity.topic(topic, before.topicId(), identity.topicIds().get(topic)))
          : KafkaIdentity.replaced(
              "another cluster (%s instead of %s) answers"
                  .formatted(identity.clusterId(), before.clusterId()));
    }
    return before.epoch() + 1;
  }

  /** Its known position, or its beginning: nothing of a partition that is new to us is skipped. */
  private KafkaPosition begin(TopicPartition partition, int epoch, Range range) {
    KafkaPosition position = known.get(partition);
    return position != null && position.epoch() == epoch && identity.isOf(position)
        ? position
        : new KafkaPosition(
            epoch,
            identity.clusterId(),
            identity.topicIds().get(partition.topic()),
            partition,
            range.earliest());
  }

  private static KafkaPosition within(KafkaPosition position, Range range, List<String> lost) {
    if (position.next() < range.earliest()) {
      lost.add(
          "%s offsets %d to %d are gone"
              .formatted(position.partition(), position.next(), range.earliest() - 1));
      return position.movedTo(range.earliest());
    }
    if (position.next() > range.end()) {
      lost.add(
          "%s ends at offset %d although bronze has it up to %d"
              .formatted(position.partition(), range.end(), position.next()));
      return position.movedTo(range.end());
    }
    return position;
  }

  private static MedallionException dataLoss(List<String> lost) {
    return new MedallionException(
        ErrorCode.KAFKA_DATA_LOSS,
        "Kafka has lost records that bronze does not have: " + String.join("; ", lost),
        "Retention or a truncated log removed them before bronze read them.",
        "Restore them in Kafka, or start bronze with bronze.accept-data-loss=true to go on behind"
            + " the gap.");
  }
}
