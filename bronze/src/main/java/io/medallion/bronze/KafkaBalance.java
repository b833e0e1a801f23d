package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Kafka holds of the subscribed topics, beside what bronze has taken of it.
 *
 * @param partitions in order of topic and number
 */
public record KafkaBalance(List<Partition> partitions) {
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
  public KafkaBalance {
    partitions = List.copyOf(partitions);
  }

  /**
   * Asks the brokers.
   *
   * @param bronzeMarks the marks of the bronze table; empty where there is none yet
   * @param patience how long to wait for an answer
   * @throws MedallionException where they do not answer, refuse, or have no such topic
   */
  public static KafkaBalance read(
      Map<String, Long> bronzeMarks, Configuration configuration, Duration patience) {
    KafkaCluster cluster = new KafkaCluster(configuration, patience);
    KafkaIdentity identity = cluster.identity();
    var known = KafkaPosition.of(bronzeMarks);
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
    return new KafkaBalance(partitions);
  }

  /** Where bronze stands: the offsets of each partition, and the table. */
  static Standing standing(LakeTable table, Configuration configuration) {
    Map<String, Long> marks = table.marks();
    KafkaBalance balance = read(marks, configuration, PATIENCE);
    Map<String, Standing.Place> places = new HashMap<>();
    balance
        .partitions()
        .forEach(
            p -> places.put(p.topic() + "-" + p.number(), new Standing.Place(p.next(), p.end())));
    return new Standing(
        balance.taken(),
        balance.lag(),
        marks.getOrDefault(Marks.NEWEST, 0L),
        places,
        List.of(table.size()));
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
