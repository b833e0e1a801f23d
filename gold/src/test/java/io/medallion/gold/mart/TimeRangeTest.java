package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeRangeTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long DAY = 86_400_000_000L;

  @Test
  void aRangeHoldsItsFirstTimeAndNotTheFirstBehindIt() {
    TimeRange range = new TimeRange(10, 20);

    assertThat(range.holds(9)).isFalse();
    assertThat(range.holds(10)).isTrue();
    assertThat(range.holds(19)).isTrue();
    assertThat(range.holds(20)).isFalse();
  }

  @Test
  void neighbouringDaysAreOneRange() {
    assertThat(TimeRange.ofDays(List.of(day("1970-01-03"), day("1970-01-02"))))
        .containsExactly(new TimeRange(DAY, 3 * DAY));
  }

  @Test
  void aDayBetweenKeepsThemApart() {
    assertThat(TimeRange.ofDays(List.of(day("1970-01-04"), day("1970-01-02"))))
        .containsExactly(new TimeRange(DAY, 2 * DAY), new TimeRange(3 * DAY, 4 * DAY));
  }

  @Test
  void aDayBefore1970IsARangeToo() {
    assertThat(TimeRange.ofDays(List.of(day("1969-12-31"))))
        .containsExactly(new TimeRange(-DAY, 0));
    assertThat(TimeRange.ofDays(List.of())).isEmpty();
  }

  @Test
  void rangesThatTouchAreOneAndAMicrosecondBetweenKeepsThemApart() {
    assertThat(TimeRange.union(List.of(new TimeRange(20, 30), new TimeRange(10, 20))))
        .containsExactly(new TimeRange(10, 30));
    assertThat(TimeRange.union(List.of(new TimeRange(21, 30), new TimeRange(10, 20))))
        .containsExactly(new TimeRange(10, 20), new TimeRange(21, 30));
  }

  @Test
  void aRangeWithinAnotherAddsNothing() {
    assertThat(TimeRange.union(List.of(new TimeRange(10, 30), new TimeRange(15, 20))))
        .containsExactly(new TimeRange(10, 30));
  }

  @Test
  void theUnionHasTheSameTimesInAsFewRangesAsCanBe() {
    Random random = new Random(SEED);
    for (int round = 0; round < 2_000; round++) {
      List<TimeRange> ranges = new ArrayList<>();
      BitSet times = new BitSet();
      for (int i = random.nextInt(8); i > 0; i--) {
        int since = random.nextInt(50);
        int until = since + 1 + random.nextInt(10);
        ranges.add(new TimeRange(since, until));
        times.set(since, until);
      }
      List<TimeRange> expected = new ArrayList<>();
      for (int since = times.nextSetBit(0); since >= 0; ) {
        int until = times.nextClearBit(since);
        expected.add(new TimeRange(since, until));
        since = times.nextSetBit(until);
      }

      assertThat(TimeRange.union(ranges))
          .as("seed %d, round %d, %s", SEED, round, ranges)
          .isEqualTo(expected);
    }
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }
}
