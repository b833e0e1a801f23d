package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplacedRangesTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @Test
  void aRangeHoldsItsFirstTimeAndNotTheFirstBehindIt() {
    ReplacedRanges replaced = ranges(new TimeRange(10, 20), new TimeRange(30, 40));

    assertThat(replaced.holds(9)).isFalse();
    assertThat(replaced.holds(10)).isTrue();
    assertThat(replaced.holds(19)).isTrue();
    assertThat(replaced.holds(20)).isFalse();
    assertThat(replaced.holds(39)).isTrue();
    assertThat(replaced.holds(40)).isFalse();
  }

  @Test
  void aWindowTouchesARangeIfTheyHaveATimeInCommon() {
    ReplacedRanges replaced = ranges(new TimeRange(100, 200));

    assertThat(replaced.touches(95, 100)).isFalse();
    assertThat(replaced.touches(95, 101)).isTrue();
    assertThat(replaced.touches(199, 205)).isTrue();
    assertThat(replaced.touches(200, 205)).isFalse();
    assertThat(replaced.touches(0, 1_000)).isTrue();
  }

  @Test
  void aWindowIsFoundAmongAnyRanges() {
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      List<TimeRange> apart = new ArrayList<>();
      int count = random.nextInt(9);
      for (long since = random.nextInt(5); apart.size() < count; ) {
        long until = since + 1 + random.nextInt(6);
        apart.add(new TimeRange(since, until));
        since = until + 1 + random.nextInt(6);
      }
      long size = 1L + random.nextInt(5);
      ReplacedRanges replaced = new ReplacedRanges(apart, Map.of());
      for (long time = -10; time < 130; time++) {
        long asked = time;
        assertThat(replaced.touches(time, time + size))
            .as("seed %d, round %d: %d from %d on in %s", SEED, round, size, time, apart)
            .isEqualTo(
                apart.stream()
                    .anyMatch(range -> asked < range.until() && asked + size > range.since()));
      }
    }
  }

  @Test
  void aSessionIsMadeAgainForItsKeyAlone() {
    ReplacedRanges replaced =
        new ReplacedRanges(
            List.of(new TimeRange(100, 200)),
            Map.of(
                "visits",
                Map.of(
                    List.of("v", "site"),
                    List.of(new TimeRange(50, 100), new TimeRange(200, 210)),
                    List.of("w", "site"),
                    List.of(new TimeRange(0, 300)))));

    assertThat(replaced.holdsFor("visits", () -> List.of("v", "site"), 49)).isFalse();
    assertThat(replaced.holdsFor("visits", () -> List.of("v", "site"), 50)).isTrue();
    assertThat(replaced.holdsFor("visits", () -> List.of("v", "site"), 209)).isTrue();
    assertThat(replaced.holdsFor("visits", () -> List.of("v", "site"), 210)).isFalse();
    assertThat(replaced.holdsFor("visits", () -> List.of("v", "other"), 50)).isFalse();
    assertThat(replaced.holdsFor("others", () -> List.of("v", "site"), 50)).isFalse();
  }

  @Test
  void whatIsReadHasTheSessionsThatReachFurther() {
    TimeRange before = new TimeRange(500, 1_000);
    TimeRange apart = new TimeRange(9_000, 10_000);
    ReplacedRanges replaced =
        new ReplacedRanges(
            List.of(new TimeRange(1_000, 2_000)),
            Map.of(
                "sessions", Map.of(List.of("v"), List.of(before), List.of("w"), List.of(apart))));

    assertThat(replaced.reads(List.of())).containsExactly(new TimeRange(500, 2_000), apart);
  }

  private static ReplacedRanges ranges(TimeRange... ranges) {
    return new ReplacedRanges(List.of(ranges), Map.of());
  }
}
