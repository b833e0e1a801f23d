package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The names are in every table that was ever written, so they are written out here. */
class TableStateTest {
  private static final TableState STATE =
      new TableState(
          Map.of(
              "medallion.seq", 1L,
              "medallion.rows", 2L,
              "medallion.read", 3L,
              "medallion.quarantined", 4L,
              "medallion.duplicates", 5L,
              "medallion.newest", 1_500_001L,
              "medallion.committed", 2_000_000L,
              "a-table", 0L));

  @Test
  void everyCounterIsReadUnderItsName() {
    assertThat(STATE.commitSeq()).isEqualTo(1);
    assertThat(STATE.rows()).isEqualTo(2);
    assertThat(STATE.read()).isEqualTo(3);
    assertThat(STATE.quarantined()).isEqualTo(4);
    assertThat(STATE.duplicates()).isEqualTo(5);
    assertThat(STATE.newestMicros()).isEqualTo(1_500_001);
    assertThat(STATE.newestKafkaTime()).contains(Instant.parse("1970-01-01T00:00:01.500001Z"));
    assertThat(STATE.committedAt()).contains(Instant.parse("1970-01-01T00:00:02Z"));
  }

  @Test
  void aTableThatDoesNotExistYetHasNothing() {
    assertThat(TableState.EMPTY.isEmpty()).isTrue();
    assertThat(TableState.EMPTY.commitSeq()).isZero();
    assertThat(TableState.EMPTY.rows()).isZero();
    assertThat(TableState.EMPTY.position("a-table")).isEmpty();
    assertThat(TableState.EMPTY.newestKafkaTime()).isEmpty();
    assertThat(TableState.EMPTY.committedAt()).isEmpty();
    assertThat(TableState.EMPTY.quarantinedByReason()).isEmpty();
  }

  /** Version 0 of a source is its first: it is a position, and a counter of 0 is one too. */
  @Test
  void zeroIsNotTheSameAsNothing() {
    assertThat(STATE.position("a-table")).hasValue(0);
    assertThat(STATE.has("a-table")).isTrue();
    assertThat(STATE.has("another-table")).isFalse();
    assertThat(new TableState(Map.of("medallion.rows", 0L)).isEmpty()).isFalse();
  }

  @Test
  void reasonsAreReadWithoutTheirPrefixAndOnlyWhereTheyCount() {
    TableState state =
        new TableState(
            Map.of(
                "medallion.quarantined", 3L,
                "medallion.quarantined/TOO_DEEP", 1L,
                "medallion.quarantined/EMPTY_VALUE", 2L,
                "medallion.quarantined/NOT_UTF8", 0L));

    assertThat(state.quarantinedByReason())
        .containsExactly(Map.entry("EMPTY_VALUE", 2L), Map.entry("TOO_DEEP", 1L));
  }

  @Test
  void whatHappensToTheMapLaterDoesNotMatter() {
    Map<String, Long> values = new HashMap<>(Map.of("medallion.rows", 1L));
    TableState state = new TableState(values);

    values.put("medallion.rows", 2L);

    assertThat(state.rows()).isEqualTo(1);
  }
}
