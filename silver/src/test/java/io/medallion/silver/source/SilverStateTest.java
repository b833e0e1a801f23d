package io.medallion.silver.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.event.ReasonCode;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.source.BronzeHistory.Position;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The counters of silver; their names are persisted, so they are written out here. */
class SilverStateTest {
  private static final Position REACHED = new Position(8, 31);

  /** Of 100 records 80 are rows, 15 in quarantine and 5 duplicates. */
  private static final SilverState BEFORE =
      new SilverState(
          "bronze-id",
          new Position(7, 30),
          Map.of(
              "medallion.read", 100L,
              "medallion.rows", 80L,
              "medallion.quarantined", 15L,
              "medallion.quarantined/MALFORMED_JSON", 14L,
              "medallion.quarantined/ID_CONFLICT", 1L,
              "medallion.duplicates", 5L,
              "medallion.newest", 1_000L),
          12);

  @Test
  void aChunkAddsToEveryCounter() {
    SilverState after =
        BEFORE.after(
            REACHED,
            10,
            10,
            5,
            3,
            Map.of(ReasonCode.MALFORMED_JSON, 1L, ReasonCode.EMPTY_VALUE, 2L),
            deduplicated(5, 2),
            Map.of("known_currency", 2L),
            2_000);

    assertThat(after)
        .isEqualTo(
            new SilverState(
                "bronze-id",
                REACHED,
                Map.of(
                    "medallion.read", 110L,
                    "medallion.rows", 85L,
                    "medallion.quarantined", 18L,
                    "medallion.quarantined/MALFORMED_JSON", 15L,
                    "medallion.quarantined/EMPTY_VALUE", 2L,
                    "medallion.quarantined/ID_CONFLICT", 1L,
                    "medallion.duplicates", 7L,
                    "medallion.flagged/known_currency", 2L,
                    "medallion.newest", 2_000L),
                12));
  }

  /** Eight records hold ten events. */
  @Test
  void eventsOfRecordsThatHoldSeveralAddUp() {
    SilverState after =
        BEFORE.after(
            REACHED,
            8,
            10,
            5,
            3,
            Map.of(ReasonCode.MALFORMED_JSON, 3L),
            deduplicated(5, 2),
            Map.of(),
            2_000);

    assertThat(after.counts())
        .containsEntry("medallion.read", 108L)
        .containsEntry("medallion.more-events", 2L)
        .containsEntry("medallion.duplicates", 7L);
    assertThat(after.withCounts(80, Map.of("TOO_DEEP", 10L), Map.of()).counts())
        .containsEntry("medallion.duplicates", 20L);
  }

  @Test
  void whatIsInQuarantineAndBreaksNoRuleIsAConflict() {
    SilverState after =
        BEFORE.after(
            REACHED,
            9,
            9,
            5,
            4,
            Map.of(ReasonCode.TOO_DEEP, 1L),
            deduplicated(5, 0),
            Map.of(),
            2_000);

    assertThat(after.counts())
        .containsEntry("medallion.quarantined", 19L)
        .containsEntry("medallion.quarantined/TOO_DEEP", 1L)
        .containsEntry("medallion.quarantined/ID_CONFLICT", 4L);
  }

  @Test
  void theNewestRecordStaysTheNewest() {
    assertThat(newestAfter(999)).isEqualTo(1_000);
    assertThat(newestAfter(1_000)).isEqualTo(1_000);
    assertThat(newestAfter(1_001)).isEqualTo(1_001);
  }

  @Test
  void anEmptyChunkMovesThePositionAlone() {
    assertThat(BEFORE.after(REACHED, 0, 0, 0, 0, Map.of(), deduplicated(0, 0), Map.of(), 0))
        .isEqualTo(new SilverState("bronze-id", REACHED, BEFORE.counts(), 12));
  }

  @Test
  void recordsThatDoNotAddUpAreAnError() {
    assertThatThrownBy(
            () ->
                BEFORE.after(REACHED, 11, 11, 5, 3, Map.of(), deduplicated(5, 2), Map.of(), 2_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("11 events in 11 rows read, but 5 silver, 3 quarantined and 2 duplicates");
    assertThatThrownBy(
            () -> BEFORE.after(REACHED, 9, 9, 5, 3, Map.of(), deduplicated(5, 2), Map.of(), 2_000))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void rowsThatAreNotTheEventsAreAnError() {
    assertThatThrownBy(
            () ->
                BEFORE.after(REACHED, 10, 10, 5, 3, Map.of(), deduplicated(4, 2), Map.of(), 2_000))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void otherRowsFromTheSameRecordsCountAnew() {
    SilverState now = BEFORE.withCounts(82, Map.of("TOO_DEEP", 3L, "ID_CONFLICT", 4L), Map.of());

    assertThat(now)
        .isEqualTo(
            new SilverState(
                "bronze-id",
                new Position(7, 30),
                Map.of(
                    "medallion.read", 100L,
                    "medallion.rows", 82L,
                    "medallion.quarantined", 7L,
                    "medallion.quarantined/MALFORMED_JSON", 0L,
                    "medallion.quarantined/TOO_DEEP", 3L,
                    "medallion.quarantined/ID_CONFLICT", 4L,
                    "medallion.duplicates", 11L,
                    "medallion.newest", 1_000L),
                12));
  }

  @Test
  void aCommitGivesItsVersionAlone() {
    assertThat(BEFORE.committedAt(13))
        .isEqualTo(new SilverState("bronze-id", BEFORE.position(), BEFORE.counts(), 13));
  }

  @Test
  void whatIsCommittedNamesTheVersionOfBronze() {
    Map<String, Long> values = BEFORE.values();

    assertThat(values)
        .containsAllEntriesOf(BEFORE.counts())
        .containsEntry("bronze-id", 7L)
        .containsEntry("medallion.seq", 30L)
        .containsKey("medallion.committed")
        .hasSize(BEFORE.counts().size() + 3);
  }

  /** Version 0 is one, -1 is none. */
  @Test
  void aSnapshotThatIsStillBeingReadNamesNoVersion() {
    assertThat(at(new Position(0, 30)).values())
        .containsEntry("bronze-id", 0L)
        .doesNotContainKey("medallion.snapshot/bronze-id");
    assertThat(at(new Position(-1, 30)).values())
        .containsEntry("medallion.snapshot/bronze-id", 30L)
        .doesNotContainKey("bronze-id");
  }

  private static SilverState at(Position position) {
    return new SilverState("bronze-id", position, BEFORE.counts(), 12);
  }

  private static long newestAfter(long newest) {
    return BEFORE
        .after(REACHED, 0, 0, 0, 0, Map.of(), deduplicated(0, 0), Map.of(), newest)
        .counts()
        .get("medallion.newest");
  }

  private static DedupResult deduplicated(int events, int duplicates) {
    BitSet first = new BitSet();
    first.set(0, events);
    BitSet others = new BitSet();
    others.set(events, events + duplicates);
    return new DedupResult(first, others, List.of());
  }
}
