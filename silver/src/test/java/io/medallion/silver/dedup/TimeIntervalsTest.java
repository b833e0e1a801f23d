package io.medallion.silver.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeIntervalsTest {
  private static final long[] TIMES = {-5, 0, 3, 3, 3, 9, 2_000_000};

  @Test
  void timesBetweenTwoAreFoundBothIncluded() {
    assertThat(TimeIntervals.inside(TIMES, 0, 3, 10)).containsExactly(0, 3, 3, 3);
    assertThat(TimeIntervals.inside(TIMES, 4, 8, 10)).isEmpty();
    assertThat(TimeIntervals.inside(TIMES, 2_000_001, 3_000_000, 10)).isEmpty();
    assertThat(TimeIntervals.inside(new long[0], 0, 1, 10)).isEmpty();
    assertThat(TimeIntervals.inside(TIMES, Long.MIN_VALUE, Long.MAX_VALUE, 10)).isEqualTo(TIMES);
  }

  @Test
  void noMoreAreTakenThanAskedFor() {
    assertThat(TimeIntervals.inside(TIMES, 1, Long.MAX_VALUE, 2)).containsExactly(3, 3);
    assertThat(TimeIntervals.inside(TIMES, 1, Long.MAX_VALUE, 0)).isEmpty();
  }

  @Test
  void stretchesAreJoinedOverASecondAndHoldTheGapBetween() {
    TimeIntervals offsetRanges = TimeIntervals.of(TIMES);

    assertThat(offsetRanges.overlap(5, 6)).isTrue();
    assertThat(offsetRanges.overlap(1_000_000, 1_999_999)).isFalse();
    assertThat(offsetRanges.overlap(2_000_000, 2_000_000)).isTrue();
  }
}
