package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Records whose Kafka time, which is their producer's to choose where the topic says so, is beyond
 * what Spark's Kafka source can read: it counts microseconds in 64 bits.
 */
final class TimestampOverflowCheck {
  private static final long LAST_READABLE_MILLIS = Long.MAX_VALUE / 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Configuration configuration;

  TimestampOverflowCheck(Configuration configuration) {
    this.configuration = configuration;
  }

  /** Whether this is how Spark's source fails on such a record. */
  static boolean mayHaveCaused(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof ArithmeticException) {
        return true;
      }
    }
    return false;
  }

  /** Looks for the first such record of a batch; the error then names it. */
  Optional<MedallionException> in(
      Map<TopicPartition, KafkaPosition> from,
      Map<TopicPartition, KafkaPosition> to,
      Throwable cause) {
    return to.keySet().stream()
        .flatMap(
            partition ->
                first(
                    partition,
                    from.containsKey(partition) ? from.get(partition).next() : 0,
                    to.get(partition).next())
                    .stream())
        .findFirst()
        .map(record -> error(record, cause));
  }

  private Optional<ConsumerRecord<byte[], byte[]>> first(
      TopicPartition partition, long from, long to) {
    Map<String, Object> options = new HashMap<>(configuration.below(Keys.KAFKA_OPTIONS));
    options.put("bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    options.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(java.util.List.of(partition));
      consumer.seek(partition, from);
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (consumer.position(partition) < to && System.nanoTime() < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          if (record.timestamp() > LAST_READABLE_MILLIS) {
            return Optional.of(record);
          }
        }
      }
      return Optional.empty();
    }
  }

  private static MedallionException error(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
    return new MedallionException(
        ErrorCode.KAFKA_TIME_UNREADABLE,
        "The record at offset %d of %s-%d has the Kafka time %d ms"
            .formatted(record.offset(), record.topic(), record.partition(), record.timestamp()),
        "Its producer chose that time, and Spark's Kafka source cannot read it.",
        "Let the broker set the topic's times, delete the records up to this one and accept the"
            + " gap; docs/runbook.md#kafka_time_unreadable says how.",
        cause);
  }
}
