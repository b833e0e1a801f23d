package io.medallion.lakehouse.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpansTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long SECOND = 1_000_000;
  private static final long NOW = 1_795_000_000 * SECOND;

  @Test
  void aSecondOfEventsWithALateOneIsTwoSpansAndNothingBetween() {
    TimeSpans spans = of(NOW, NOW + 400_000, NOW + SECOND, NOW - 3_600 * SECOND);

    assertThat(spans.size()).isEqualTo(2);
    assertThat(spans.holdAny(times(NOW - 3_600 * SECOND), 0)).isTrue();
    assertThat(spans.holdAny(times(NOW - 3_599 * SECOND, NOW - 1), 0)).isFalse();
    assertThat(spans.holdAny(times(NOW - 9_000 * SECOND, NOW - SECOND, NOW + 3), 0)).isTrue();
    assertThat(spans.holdAny(times(NOW + SECOND + 1_000), 0)).isFalse();
    assertThat(spans.holdAny(times(), 0)).isFalse();
  }

  /** The log tells milliseconds: a span reaches to the end of its last one. */
  @Test
  void aSpanHoldsTheMicrosecondsOfItsLastMillisecond() {
    TimeSpans spans = of(NOW + 1_234);

    assertThat(spans.holdAny(times(NOW + 1_000), 0)).isTrue();
    assertThat(spans.holdAny(times(NOW + 1_999), 0)).isTrue();
    assertThat(spans.holdAny(times(NOW + 999, NOW + 2_000), 0)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 64, 65, 128, 129, 5_000})
  void everyTimeIsHeldWhateverTheOrderAndTheNumber(int count) {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED + count);
    long[] times =
        LongStream.generate(
                () ->
                    random.nextInt(4) == 0
                        ? NOW - (long) (random.nextDouble() * 300_000 * SECOND)
                        : random.nextInt(50) == 0 ? -random.nextInt() : NOW + random.nextInt())
            .limit(count)
            .toArray();
    TimeSpans spans = of(times);
    TimeSpans sorted = of(Arrays.stream(times).sorted().toArray());
    TimeSpans parsed = TimeSpans.parse(spans.encode()).orElseThrow();

    for (TimeSpans each : List.of(spans, sorted, parsed)) {
      assertThat(each.size()).isBetween(1, TimeSpans.MOST);
      assertThat(Arrays.stream(times).filter(time -> !each.holdAny(times(time), 0))).isEmpty();
    }
    assertThat(parsed.encode()).isEqualTo(spans.encode());
    long[] others = random.longs(2_000, NOW - 300_000 * SECOND, NOW + SECOND).sorted().toArray();
    assertThat(parsed.holdAny(others, 0))
        .isEqualTo(Arrays.stream(others).anyMatch(time -> spans.holdAny(times(time), 0)));
  }

  /** With more than fit, what stays apart is what lies farthest apart. */
  @Test
  void theLongestGapsAreKept() {
    TimeSpans.Builder builder = new TimeSpans.Builder();
    for (int day = 0; day < 60; day++) {
      for (int minute = 0; minute < 50; minute++) {
        builder.add(NOW + (86_400L * day + 60L * minute) * SECOND);
      }
    }
    TimeSpans spans = builder.build();

    for (int day = 0; day < 59; day++) {
      assertThat(spans.holdAny(times(NOW + (86_400L * day + 3_600L) * SECOND), 0)).isFalse();
    }
  }

  @Test
  void whatALogSaysOfTheEventsOfASecondAndFiftyLateOnesIsShort() {
    Random random = new Random(3);
    TimeSpans.Builder builder = new TimeSpans.Builder();
    random.longs(50, NOW - 43_200 * SECOND, NOW).sorted().forEach(builder::add);
    random.longs(950, NOW, NOW + SECOND).sorted().forEach(builder::add);

    assertThat(builder.build().encode()).hasSizeLessThan(350);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "x y", "1+-1", "5,-9", "1+", "+", "zzzzzzzzzzzzzzzz", "1,0"})
  void whatIsNoListOfSpansIsNotTakenForOne(String text) {
    assertThat(TimeSpans.parse(text)).isEmpty();
  }

  private static TimeSpans of(long... times) {
    TimeSpans.Builder builder = new TimeSpans.Builder();
    Arrays.stream(times).forEach(builder::add);
    return builder.build();
  }

  private static long[] times(long... times) {
    return times;
  }
}
