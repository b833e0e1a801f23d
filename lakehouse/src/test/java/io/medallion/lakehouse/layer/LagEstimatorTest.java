package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LagEstimatorTest {
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final LagEstimator clock = new LagEstimator();

  @Test
  void aLayerThatHasEverythingIsNotBehind() {
    assertThat(lag(0, 100, 0)).isEqualTo(Duration.ZERO);
    assertThat(lag(5, 100, 0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aLayerThatKeepsUpWithASteadyFlowIsAsLateAsItsRows() {
    // 100 rows a second; the layer has all but those of the last two seconds.
    lag(0, 1_000, 0);
    for (int second = 5; second <= 60; second += 5) {
      assertThat(lag(second, 1_000 + 100L * (second - 2), 200)).isEqualTo(Duration.ofSeconds(2));
    }
  }

  @Test
  void aLayerThatStandsFallsBehindSecondBySecond() {
    lag(0, 1_000, 0);
    assertThat(lag(5, 1_000, 500)).isEqualTo(Duration.ofSeconds(5));
    assertThat(lag(3_605, 1_000, 999_999)).isEqualTo(Duration.ofSeconds(3_605));
    assertThat(lag(3_610, 1_000_999, 0)).isEqualTo(Duration.ZERO);
  }

  @Test
  void whatWaitedAtTheStartWaitsSinceTheNewestRowTaken() {
    assertThat(clock.lag(START, 1_000, 10, START.minusSeconds(7_200)))
        .isEqualTo(Duration.ofHours(2));
  }

  @Test
  void withoutAnyRowTakenItWaitsSinceTheStart() {
    assertThat(clock.lag(START, 0, 10, null)).isEqualTo(Duration.ZERO);
    assertThat(clock.lag(START.plusSeconds(5), 0, 10, null)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aSourceThatShrankBeginsAnew() {
    lag(0, 1_000, 0);
    lag(5, 1_000, 500);
    assertThat(clock.lag(START.plusSeconds(10), 900, 50, null)).isEqualTo(Duration.ZERO);
  }

  @Test
  void hoursOfWaitingAreBoundedAndRight() {
    lag(0, 0, 0);
    Duration lag = Duration.ZERO;
    for (int look = 1; look <= 20_000; look++) {
      lag = lag(5L * look, 0, 10L * look);
    }
    assertThat(lag).isEqualTo(Duration.ofSeconds(100_000));
  }

  private Duration lag(long second, long taken, long waiting) {
    return clock.lag(START.plusSeconds(second), taken, waiting, START);
  }
}
