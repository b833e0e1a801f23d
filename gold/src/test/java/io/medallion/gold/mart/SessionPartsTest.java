package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a task makes of its events by itself, before Postgres merges it with others. */
class SessionPartsTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long GAP = 1_800_000_000;

  /** Of a session all times, in the order in which they were taken in. */
  private static final SessionParts.Kind<List<Long>, Void> TIMES =
      new SessionParts.Kind<>() {
        @Override
        public List<Long> of(long time, Void event) {
          return new ArrayList<>(List.of(time));
        }

        @Override
        public void add(List<Long> session, long time, Void event) {
          session.add(time);
        }

        @Override
        public void add(List<Long> session, List<Long> later) {
          session.addAll(later);
        }

        @Override
        public long end(List<Long> session) {
          return session.stream().mapToLong(Long::longValue).max().orElseThrow();
        }
      };

  @Test
  void eventsOneGapApartAreOneSession() {
    assertThat(sessions(GAP, 0, GAP)).containsExactly(List.of(0L, GAP));
    assertThat(sessions(GAP, GAP, 0)).containsExactly(List.of(0L, GAP));
  }

  @Test
  void aMicrosecondMoreMakesTwo() {
    assertThat(sessions(GAP, 0, GAP + 1)).containsExactly(List.of(0L), List.of(GAP + 1));
    assertThat(sessions(GAP, GAP + 1, 0)).containsExactly(List.of(0L), List.of(GAP + 1));
  }

  @Test
  void aLateEventBridgesTwoSessionsThatLieAGapFromIt() {
    assertThat(sessions(GAP, 0, 2 * GAP, GAP)).containsExactly(List.of(0L, GAP, 2 * GAP));
  }

  @Test
  void aLateEventExtendsTheOneSessionThatItReaches() {
    assertThat(sessions(GAP, 0, 2 * GAP + 1, GAP))
        .containsExactly(List.of(0L, GAP), List.of(2 * GAP + 1));
    assertThat(sessions(GAP, 0, 2 * GAP + 1, GAP + 1))
        .containsExactly(List.of(0L), List.of(GAP + 1, 2 * GAP + 1));
  }

  @Test
  void eventsInAnyOrderMakeTheSameSessions() {
    Random random = new Random(SEED);
    for (int round = 0; round < 1_000; round++) {
      int gap = random.nextInt(12);
      long[] times = random.longs(1 + random.nextInt(30), 0, 120).toArray();
      assertThat(sessions(gap, times))
          .as("seed %d, round %d, gap %d: %s", SEED, round, gap, Arrays.toString(times))
          .isEqualTo(divided(gap, times));
    }
  }

  /** Sorted, and divided at each distance of more than the gap. */
  private static List<List<Long>> divided(long gap, long[] times) {
    List<List<Long>> sessions = new ArrayList<>();
    long last = 0;
    for (long time : LongStream.of(times).sorted().toArray()) {
      if (sessions.isEmpty() || time - last > gap) {
        sessions.add(new ArrayList<>());
      }
      sessions.get(sessions.size() - 1).add(time);
      last = time;
    }
    return sessions;
  }

  private static List<List<Long>> sessions(long gap, long... times) {
    SessionParts<List<Long>, Void> parts = new SessionParts<>(TIMES, gap);
    int size = 0;
    for (long time : times) {
      size += parts.add(time, null);
    }
    assertThat(parts.all()).hasSize(size);
    // In the order of their beginnings.
    assertThat(parts.all().stream().map(session -> new TreeSet<>(session).first())).isSorted();
    return parts.all().stream().map(session -> session.stream().sorted().toList()).toList();
  }
}
