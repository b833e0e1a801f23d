package io.medallion.bronze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.bronze.KafkaCluster.Range;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Where bronze begins, for a topic of a Kafka whose offsets 10 to 19 are there. */
class StartPositionsTest {
  private static final TopicPartition P0 = new TopicPartition("clicks", 0);
  private static final TopicPartition P1 = new TopicPartition("clicks", 1);
  private static final KafkaIdentity KAFKA = new KafkaIdentity("c", Map.of("clicks", "id"));
  private static final KafkaIdentity RECREATED = new KafkaIdentity("c", Map.of("clicks", "id2"));
  private static final Range FROM_10_TO_19 = new Range(10, 20);
  private static final Map<TopicPartition, Range> ONE_PARTITION = Map.of(P0, FROM_10_TO_19);

  private static final String[] STRICT = {};
  private static final String[] ACCEPT_DATA_LOSS = {"bronze.accept-data-loss"};
  private static final String[] ACCEPT_NEW_SOURCE = {"bronze.accept-new-source"};

  @Test
  void aPartitionThatIsNewToBronzeIsReadFromItsBeginning() {
    assertThat(starts(KAFKA, ONE_PARTITION, STRICT)).isEqualTo(Map.of(P0, at(P0, 10)));
  }

  @Test
  void aPartitionThatGrowsLaterBeginsAtItsOwnBeginning() {
    Map<TopicPartition, Range> ranges = Map.of(P0, FROM_10_TO_19, P1, new Range(0, 3));

    assertThat(starts(KAFKA, ranges, STRICT, at(P0, 15)))
        .isEqualTo(Map.of(P0, at(P0, 15), P1, at(P1, 0)));
  }

  @Test
  void bronzeGoesOnAtTheFirstOffsetThatKafkaHas() {
    assertThat(starts(KAFKA, ONE_PARTITION, STRICT, at(P0, 10))).containsValue(at(P0, 10));
  }

  @Test
  void oneOffsetBeforeTheFirstIsDataLoss() {
    assertRefused(
        () -> starts(KAFKA, ONE_PARTITION, STRICT, at(P0, 9)),
        ErrorCode.KAFKA_DATA_LOSS,
        "clicks-0 offsets 9 to 9 are gone");
    assertThat(starts(KAFKA, ONE_PARTITION, ACCEPT_DATA_LOSS, at(P0, 9))).containsValue(at(P0, 10));
  }

  @Test
  void bronzeWaitsAtTheEndOfWhatKafkaHas() {
    assertThat(starts(KAFKA, ONE_PARTITION, STRICT, at(P0, 20))).containsValue(at(P0, 20));
  }

  @Test
  void oneOffsetBehindTheEndIsDataLoss() {
    assertRefused(
        () -> starts(KAFKA, ONE_PARTITION, STRICT, at(P0, 21)),
        ErrorCode.KAFKA_DATA_LOSS,
        "clicks-0 ends at offset 20 although bronze has it up to 21");
    assertThat(starts(KAFKA, ONE_PARTITION, ACCEPT_DATA_LOSS, at(P0, 21)))
        .containsValue(at(P0, 20));
  }

  @Test
  void everyPartitionThatLostRecordsIsNamed() {
    Map<TopicPartition, Range> ranges = Map.of(P0, FROM_10_TO_19, P1, FROM_10_TO_19);

    assertThatThrownBy(() -> starts(KAFKA, ranges, STRICT, at(P0, 3), at(P1, 50)))
        .hasMessageContaining("clicks-0 offsets 3 to 9")
        .hasMessageContaining("clicks-1 ends at offset 20");
  }

  @Test
  void aRecreatedTopicIsRefusedAndOnceAcceptedReadInTheNextEpoch() {
    assertRefused(
        () -> starts(RECREATED, ONE_PARTITION, STRICT, at(P0, 15)),
        ErrorCode.KAFKA_SOURCE_REPLACED,
        "topic clicks was deleted and created again (id id2 instead of id)");
    assertThat(starts(RECREATED, ONE_PARTITION, ACCEPT_NEW_SOURCE, at(P0, 15)))
        .isEqualTo(Map.of(P0, new KafkaPosition(1, "c", "id2", P0, 10)));
  }

  @Test
  void anotherClusterIsRefusedAndOnceAcceptedReadInTheNextEpoch() {
    KafkaIdentity other = new KafkaIdentity("d", Map.of("clicks", "id2"));

    assertRefused(
        () -> starts(other, ONE_PARTITION, STRICT, at(P0, 15)),
        ErrorCode.KAFKA_SOURCE_REPLACED,
        "another cluster (d instead of c) answers");
    assertThat(starts(other, ONE_PARTITION, ACCEPT_NEW_SOURCE, at(P0, 15)))
        .isEqualTo(Map.of(P0, new KafkaPosition(1, "d", "id2", P0, 10)));
  }

  /** The whole topic is new: what bronze knows of the other partition is of the old one as well. */
  @Test
  void allPartitionsOfAnAcceptedTopicBeginAnewInOneEpoch() {
    Map<TopicPartition, Range> ranges = Map.of(P0, FROM_10_TO_19, P1, FROM_10_TO_19);
    KafkaPosition third = new KafkaPosition(3, "c", "id", P1, 15);

    assertThat(starts(RECREATED, ranges, ACCEPT_NEW_SOURCE, at(P0, 15), third))
        .isEqualTo(
            Map.of(
                P0, new KafkaPosition(4, "c", "id2", P0, 10),
                P1, new KafkaPosition(4, "c", "id2", P1, 10)));
  }

  @Test
  void anAcceptedTopicNeedsNoConsentAgain() {
    KafkaPosition accepted = new KafkaPosition(1, "c", "id2", P0, 15);

    assertThat(starts(RECREATED, ONE_PARTITION, STRICT, accepted)).containsValue(accepted);
  }

  /** Partition 1 was only there before: its position stays in the table's state for good. */
  @Test
  void aTopicThatCameBackWithFewerPartitionsNeedsNoConsentAgain() {
    KafkaPosition accepted = new KafkaPosition(1, "c", "id2", P0, 15);

    assertThat(starts(RECREATED, ONE_PARTITION, STRICT, accepted, at(P1, 15)))
        .isEqualTo(Map.of(P0, accepted));
  }

  @Test
  void aPartitionThatTheAcceptedTopicGetsBackBeginsInItsEpoch() {
    KafkaPosition accepted = new KafkaPosition(1, "c", "id2", P0, 15);
    Map<TopicPartition, Range> ranges = Map.of(P0, FROM_10_TO_19, P1, new Range(0, 3));

    assertThat(starts(RECREATED, ranges, STRICT, accepted, at(P1, 2)))
        .isEqualTo(Map.of(P0, accepted, P1, new KafkaPosition(1, "c", "id2", P1, 0)));
  }

  @Test
  void aTopicThatIsNotReadAnyMoreMayBeReplaced() {
    KafkaPosition other = new KafkaPosition(0, "c", "gone", new TopicPartition("other", 0), 5);

    assertThat(starts(KAFKA, ONE_PARTITION, STRICT, at(P0, 15), other))
        .isEqualTo(Map.of(P0, at(P0, 15)));
  }

  private static KafkaPosition at(TopicPartition partition, long next) {
    return new KafkaPosition(0, "c", "id", partition, next);
  }

  private static Map<TopicPartition, KafkaPosition> starts(
      KafkaIdentity kafka,
      Map<TopicPartition, Range> ranges,
      String[] switches,
      KafkaPosition... known) {
    Configuration.Builder configuration = Configuration.builder();
    for (String flag : switches) {
      configuration.flag(flag, "true");
    }
    return new StartPositions(
            kafka,
            Arrays.stream(known)
                .collect(Collectors.toMap(KafkaPosition::partition, Function.identity())),
            configuration.build())
        .resolve(ranges);
  }

  private static void assertRefused(ThrowingCallable start, ErrorCode code, String problem) {
    assertThatThrownBy(start)
        .isInstanceOfSatisfying(MedallionException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(problem);
  }
}
