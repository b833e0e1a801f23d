package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.LayerProgress;
import io.medallion.lakehouse.layer.SourcePosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Kafka holds of the subscribed topics, next to what bronze has taken of it.
 *
 * @param partitions in order of topic and number
 */
public record KafkaLag(List<Partition> partitions) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /**
   * One partition.
   *
   * @param topic its topic
   * @param number which one of the topic's
   * @param earliest the first offset that Kafka still has
   * @param end the offset that the next record will get
   * @param next the first offset that bronze does not have
   */
  public record Partition(String topic, int number, long earliest, long end, long next) {
    /** Offsets that bronze has not taken yet. */
    public long lag() {
      return Math.max(0, end - next);
    }
  }

  /** Takes a copy of the list. */
  public KafkaLag {
    partitions = List.copyOf(partitions);
  }

  /**
   * Asks the brokers.
   *
   * @param bronzeState the state of the bronze table; empty if there is none yet
   * @param patience how long to wait for an answer
   * @throws MedallionException if they do not answer, refuse, or have no such topic
   */
  public static KafkaLag read(
      TableState bronzeState, Configuration configuration, Duration patience) {
    try (KafkaCluster cluster = new KafkaCluster(configuration, patience)) {
      return read(bronzeState, cluster);
    }
  }

  /** The same by a connection of the caller's. */
  static KafkaLag read(TableState bronzeState, KafkaCluster cluster) {
    KafkaIdentity identity = cluster.identity();
    var known = KafkaPosition.of(bronzeState);
    List<Partition> partitions = new ArrayList<>();
    cluster
        .ranges(identity)
        .forEach(
            (partition, range) -> {
              KafkaPosition position = known.get(partition);
              boolean same = position != null && identity.isOf(position);
              partitions.add(
                  new Partition(
                      partition.topic(),
                      partition.partition(),
                      range.earliest(),
                      range.end(),
                      same ? position.next() : range.earliest()));
            });
    partitions.sort(Comparator.comparing(Partition::topic).thenComparingInt(Partition::number));
    return new KafkaLag(partitions);
  }

  /** Where bronze stands: the offsets of each partition, and the table. */
  static LayerProgress progress(LakeTable table, Configuration configuration) {
    TableState state = table.state();
    KafkaLag lag = read(state, configuration, PATIENCE);
    Map<String, SourcePosition> positions = new HashMap<>();
    lag.partitions()
        .forEach(
            p ->
                positions.put(p.topic() + "-" + p.number(), new SourcePosition(p.next(), p.end())));
    return new LayerProgress(
        lag.taken(), lag.lag(), state.newestMicros(), positions, Map.of(), List.of(table.size()));
  }

  /** Offsets before the first that bronze does not have. */
  long taken() {
    return partitions.stream().mapToLong(Partition::next).sum();
  }

  /** Offsets that bronze has not taken yet. */
  public long lag() {
    return partitions.stream().mapToLong(Partition::lag).sum();
  }

  /** Offsets from the first that is still there to the end. */
  public long held() {
    return partitions.stream().mapToLong(p -> p.end() - p.earliest()).sum();
  }
}
