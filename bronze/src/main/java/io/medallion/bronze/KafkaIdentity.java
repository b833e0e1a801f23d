package io.medallion.bronze;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Map;

/**
 * Which cluster and topics these really are, whatever their names.
 *
 * @param clusterId Kafka's id of the cluster
 * @param topicIds Kafka's ids of the subscribed topics by name
 */
record KafkaIdentity(String clusterId, Map<String, String> topicIds) {

  /** Whether a position counts the offsets of this very cluster and topic. */
  boolean isOf(KafkaPosition position) {
    return position.clusterId().equals(clusterId)
        && position.topicId().equals(topicIds.get(position.partition().topic()));
  }

  void requireSame(KafkaIdentity now) {
    if (!clusterId.equals(now.clusterId)) {
      throw replaced(
          "another cluster (%s instead of %s) answers".formatted(now.clusterId, clusterId));
    }
    topicIds.forEach(
        (topic, id) -> {
          String found = now.topicIds.get(topic);
          if (found != null && !found.equals(id)) {
            throw replaced(topic(topic, id, found));
          }
        });
  }

  static String topic(String name, String before, String now) {
    return "topic %s was deleted and created again (id %s instead of %s)"
        .formatted(name, now, before);
  }

  static MedallionException replaced(String what) {
    return new MedallionException(
        ErrorCode.KAFKA_SOURCE_REPLACED,
        "The Kafka source is not the one bronze knows: " + what,
        "Its offsets begin anew, so that records would be skipped or taken for others.",
        "If that is intended, start bronze once with bronze.accept-new-source=true: what comes is"
            + " then kept apart by a higher source_epoch. If not, check kafka.bootstrap-servers.");
  }
}
