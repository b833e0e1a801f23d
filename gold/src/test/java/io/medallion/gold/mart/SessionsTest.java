package io.medallion.gold.mart;

import static io.medallion.gold.mart.Events.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.TestEvent;
import io.medallion.gold.postgres.CopyBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** What a task makes of its events by itself, before Postgres merges it with others. */
class SessionsTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long GAP = 1_800_000_000;

  @Test
  void eventsOneGapApartAreOneSession() {
    assertThat(sessions(GAP, at(0, "a"), at(GAP, "b")))
        .extracting(SessionRow::start, SessionRow::end)
        .containsExactly(tuple(0, GAP));
    assertThat(sessions(GAP, at(GAP, "b"), at(0, "a")))
        .extracting(SessionRow::start, SessionRow::end)
        .containsExactly(tuple(0, GAP));
  }

  @Test
  void aMicrosecondMoreMakesTwo() {
    assertThat(sessions(GAP, at(0, "a"), at(GAP + 1, "b")))
        .extracting(SessionRow::start, SessionRow::end)
        .containsExactly(tuple(0, 0), tuple(GAP + 1, GAP + 1));
    assertThat(sessions(GAP, at(GAP + 1, "b"), at(0, "a"))).hasSize(2);
  }

  @Test
  void aLateEventBridgesTwoSessionsThatLieAGapFromIt() {
    assertThat(sessions(GAP, at(0, "a"), at(2 * GAP, "c"), at(GAP, "b")))
        .extracting(SessionRow::start, SessionRow::end, SessionRow::events)
        .containsExactly(tuple(0, 2 * GAP, 3));
  }

  @Test
  void aLateEventExtendsTheOneSessionThatItReaches() {
    assertThat(sessions(GAP, at(0, "a"), at(2 * GAP + 1, "c"), at(GAP, "b")))
        .extracting(SessionRow::start, SessionRow::end)
        .containsExactly(tuple(0, GAP), tuple(2 * GAP + 1, 2 * GAP + 1));
    assertThat(sessions(GAP, at(0, "a"), at(2 * GAP + 1, "c"), at(GAP + 1, "b")))
        .extracting(SessionRow::start, SessionRow::end)
        .containsExactly(tuple(0, 0), tuple(GAP + 1, 2 * GAP + 1));
  }

  @Test
  void visitorsHaveTheirOwnSessions() {
    SilverEvent other = TestEvent.event("b", 1).visitor("w").silver();

    assertThat(sessions(GAP, at(0, "a"), other))
        .extracting(SessionRow::visitor, SessionRow::start)
        .containsExactly(Tuple.tuple("v", 0L), Tuple.tuple("w", 1L));
  }

  @Test
  void eventsInAnyOrderMakeTheSameSessions() {
    Random random = new Random(SEED);
    for (int round = 0; round < 1_000; round++) {
      int gap = random.nextInt(12);
      List<SilverEvent> events = SessionOracle.random(random, 1 + random.nextInt(30), 120);

      assertThat(sessions(gap, events.toArray(SilverEvent[]::new)))
          .as("seed %d, round %d, gap %d", SEED, round, gap)
          .isEqualTo(SessionOracle.sessions(events, gap));
    }
  }

  private static Tuple tuple(long... values) {
    return new Tuple(Arrays.stream(values).boxed().toArray(Object[]::new));
  }

  private static List<SessionRow> sessions(long gap, SilverEvent... events) {
    EventMart.Accumulator accumulator =
        new Sessions().accumulator(new GoldSettings(gap, GoldSettings.UNLIMITED, false, false));
    for (SilverEvent event : events) {
      accumulator.add(event);
    }
    int size = accumulator.size();
    CopyBuffer buffer = new CopyBuffer();
    accumulator.drainTo(buffer);
    assertThat(buffer.rows()).isEqualTo(size);
    assertThat(accumulator.size()).isZero();
    return SessionRow.allOf(buffer).stream()
        .sorted(Comparator.comparing(SessionRow::visitor).thenComparingLong(SessionRow::start))
        .toList();
  }
}
