package io.medallion.bronze;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.delta.TableState;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The names under which positions are kept; they are persisted, so they are written out here. */
class KafkaPositionTest {
  private static final TopicPartition CLICKS_3 = new TopicPartition("clicks", 3);

  @Test
  void aPositionIsKeptUnderItsEpochClusterTopicIdTopicAndPartition() {
    KafkaPosition position = new KafkaPosition(2, "Mk3OEYBSD34fcwND", "tT_-9", CLICKS_3, 17);

    assertThat(position.key()).isEqualTo("kafka/2/Mk3OEYBSD34fcwND/tT_-9/clicks/3");
  }

  @ParameterizedTest
  @CsvSource({
    "0, clicks, 0, 0",
    "1, clicks, 3, 9223372036854775807",
    "12, click.stream_events-1, 1023, 5",
    "0, 42, 7, 1",
    "0, kafka, 0, 1"
  })
  void whatWasWrittenIsReadBack(int epoch, String topic, int partition, long next) {
    KafkaPosition position =
        new KafkaPosition(epoch, "cluster", "id", new TopicPartition(topic, partition), next);

    assertThat(KafkaPosition.of(state(position)))
        .isEqualTo(Map.of(new TopicPartition(topic, partition), position));
  }

  @Test
  void partitionsAndTopicsHaveTheirOwnPositions() {
    KafkaPosition a = new KafkaPosition(0, "c", "i", new TopicPartition("a", 0), 1);
    KafkaPosition a1 = new KafkaPosition(0, "c", "i", new TopicPartition("a", 1), 2);
    KafkaPosition b = new KafkaPosition(0, "c", "j", new TopicPartition("b", 0), 3);

    assertThat(KafkaPosition.of(state(a, a1, b)).values()).containsExactlyInAnyOrder(a, a1, b);
  }

  /** Nine and ten, because text would order them otherwise than numbers. */
  @Test
  void theLaterEpochWinsWhateverItsOffset() {
    KafkaPosition ninth = new KafkaPosition(9, "c", "old", CLICKS_3, 1_000);
    KafkaPosition tenth = new KafkaPosition(10, "c", "new", CLICKS_3, 2);

    assertThat(KafkaPosition.of(state(ninth, tenth))).isEqualTo(Map.of(CLICKS_3, tenth));
    assertThat(KafkaPosition.of(state(tenth, ninth))).isEqualTo(Map.of(CLICKS_3, tenth));
  }

  @Test
  void otherNamesOfTheStateAreNoPositions() {
    TableState state =
        new TableState(
            Map.of(
                TableState.SEQ,
                4L,
                "0e4f7a52-9a5c-4a66-a0ef-0f6c7c9a2d10",
                9L,
                "kafka/x/c/i/clicks/3",
                1L,
                "kafka/0/c/i/clicks",
                2L,
                "kafka/0/c/i/clicks/-1",
                3L));

    assertThat(KafkaPosition.of(state)).isEmpty();
  }

  @Test
  void movingChangesTheOffsetAlone() {
    assertThat(new KafkaPosition(1, "c", "i", CLICKS_3, 5).movedTo(6))
        .isEqualTo(new KafkaPosition(1, "c", "i", CLICKS_3, 6));
  }

  private static TableState state(KafkaPosition... positions) {
    Map<String, Long> values = new HashMap<>();
    for (KafkaPosition position : positions) {
      values.put(position.key(), position.next());
    }
    return new TableState(values);
  }
}
