package io.medallion.bench.reference;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A topic read by a plain consumer.
 *
 * @param client options of Kafka's clients
 * @param topic to read
 */
public record KafkaLog(Map<String, String> client, String topic) {
  private static final Duration POLL = Duration.ofMillis(200);

  /**
   * Reads to where the topic ends now.
   *
   * @param from the first offset to read, by partition
   * @param taken given each value
   * @return how many records there were
   */
  public long read(Map<Integer, Long> from, Consumer<byte[]> taken) {
    Map<String, Object> options = new HashMap<>(client);
    options.put("fetch.max.bytes", 64 << 20);
    options.put("max.partition.fetch.bytes", 16 << 20);
    options.put("max.poll.records", 50_000);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          from.keySet().stream().map(number -> new TopicPartition(topic, number)).toList();
      consumer.assign(partitions);
      from.forEach((number, offset) -> consumer.seek(new TopicPartition(topic, number), offset));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long read = 0;
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          taken.accept(record.value());
          read++;
        }
      }
      return read;
    }
  }

  /** Writes the values to a file, one a line; a tombstone is an empty one. */
  public void write(Map<Integer, Long> from, Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      read(
          from,
          value -> {
            try {
              out.write(value == null ? new byte[0] : value);
              out.write('\n');
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
