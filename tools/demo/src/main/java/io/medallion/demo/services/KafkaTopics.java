package io.medallion.demo.services;

import java.util.Map;
import java.util.SortedMap;

/** What the demo asks a cluster about its topics. */
public final class KafkaTopics {
  private KafkaTopics() {}

  /**
   * The offset after the last record, by partition.
   *
   * @param client options of Kafka's clients, {@code bootstrap.servers} among them
   */
  public static SortedMap<Integer, Long> endOffsets(Map<String, String> client, String topic) {
    throw new UnsupportedOperationException();
  }

  /** The offset of the first record that is still there, by partition. */
  public static SortedMap<Integer, Long> startOffsets(Map<String, String> client, String topic) {
    throw new UnsupportedOperationException();
  }
}
