package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medallion.e2e.faults.Trend.Point;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void aLineGrowsByItsSlope() {
    Trend trend = Trend.of(points(10, i -> 100 + 2.0 * i));

    assertThat(trend.growth()).isCloseTo(18, within(1e-9));
    assertThat(trend.median()).isCloseTo(109, within(1e-9));
  }

  @Test
  void aSawtoothDoesNotGrow() {
    assertThat(Trend.of(points(60, i -> i % 7)).growth()).isCloseTo(0, within(0.5));
  }

  @Test
  void fewWildPointsMoveNothing() {
    assertThat(Trend.of(points(60, i -> i % 10 == 9 ? 1_000 : 5)).growth()).isZero();
  }

  @Test
  void aLeakUnderASawtoothShows() {
    assertThat(Trend.of(points(60, i -> i % 7 + 0.2 * i)).growth()).isCloseTo(12, within(1.0));
  }

  @Test
  void onePointIsNoTrend() {
    assertThatThrownBy(() -> Trend.of(points(1, i -> i)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Point> points(int count, IntToDoubleFunction value) {
    return IntStream.range(0, count).mapToObj(i -> new Point(i, value.applyAsDouble(i))).toList();
  }
}
