package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.TableState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks in Kafka whether offsets that bronze lacks hold records. Marks of transactions, records of
 * aborted ones and compacted ones leave offsets without a record, and only Kafka can tell.
 *
 * <p>Not thread-safe.
 */
public final class OffsetGapDetector implements AutoCloseable {
  private static final int EXAMPLES = 5;

  /**
   * A partition that bronze has read, of the cluster and topic that are there now.
   *
   * @param epoch of bronze's rows of it
   * @param topic its topic
   * @param number which one of the topic's
   * @param earliest the first offset that Kafka still has
   * @param end the offset that the next record will get
   * @param next the first offset that bronze has not read
   */
  public record Partition(
      int epoch, String topic, int number, long earliest, long end, long next) {}

  /**
   * What became of offsets that bronze lacks.
   *
   * @param records how many hold a record that bronze should have
   * @param unknown how many Kafka cannot tell of: it has dropped them, or did not answer in time
   * @param examples the first of the records, as {@code topic-partition@offset}
   */
  public record Look(long records, long unknown, List<String> examples) {}

  private final List<Partition> partitions;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Duration patience;

  private OffsetGapDetector(
      List<Partition> partitions, KafkaConsumer<byte[], byte[]> consumer, Duration patience) {
    this.partitions = List.copyOf(partitions);
    this.consumer = consumer;
    this.patience = patience;
  }

  /**
   * Asks the brokers what they hold.
   *
   * @param bronzeState the state of the bronze table
   * @param patience how long to wait for an answer, each time
   * @throws MedallionException if they do not answer, refuse, or have no such topic
   */
  public static OffsetGapDetector open(
      TableState bronzeState, Configuration configuration, Duration patience) {
    KafkaIdentity identity;
    Map<TopicPartition, KafkaCluster.Range> ranges;
    try (KafkaCluster cluster = new KafkaCluster(configuration, patience)) {
      identity = cluster.identity();
      ranges = cluster.ranges(identity);
    }
    Map<TopicPartition, KafkaPosition> known = KafkaPosition.of(bronzeState);
    List<Partition> partitions = new ArrayList<>();
    ranges.forEach(
        (partition, range) -> {
          KafkaPosition position = known.get(partition);
          if (position != null && identity.isOf(position)) {
            partitions.add(
                new Partition(
                    position.epoch(),
                    partition.topic(),
                    partition.partition(),
                    range.earliest(),
                    range.end(),
                    position.next()));
          }
        });
    partitions.sort(Comparator.comparing(Partition::topic).thenComparingInt(Partition::number));
    return new OffsetGapDetector(partitions, consumer(configuration), patience);
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Configuration configuration) {
    Map<String, Object> options = new HashMap<>(configuration.below(Keys.KAFKA_OPTIONS));
    options.put("bootstrap.servers", configuration.get(Keys.KAFKA_BOOTSTRAP_SERVERS));
    options.put("isolation.level", "read_committed");
    options.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** In order of topic and number. */
  public List<Partition> partitions() {
    return partitions;
  }

  /**
   * Reads the offsets from one to another, both included, as bronze would.
   *
   * @param partition of {@link #partitions}
   */
  public Look look(Partition partition, long first, long last) {
    long from = Math.max(first, partition.earliest());
    if (from > last) {
      return new Look(0, last - first + 1, List.of());
    }
    TopicPartition at = new TopicPartition(partition.topic(), partition.number());
    if (!consumer.assignment().contains(at)) {
      consumer.assign(List.of(at));
    }
    consumer.seek(at, from);
    long records = 0;
    List<String> examples = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    while (consumer.position(at) <= last && System.nanoTime() < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        if (record.offset() <= last) {
          records++;
          if (examples.size() < EXAMPLES) {
            examples.add("%s@%d".formatted(at, record.offset()));
          }
        }
      }
    }
    long unread = Math.max(0, last + 1 - consumer.position(at));
    return new Look(records, from - first + unread, List.copyOf(examples));
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }
}
