package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 60, 0",
    "59, 60, 0",
    "60, 60, 60",
    "119, 60, 60",
    "-1, 60, -60",
    "-60, 60, -60",
    "-61, 60, -120"
  })
  void aWindowHoldsItsStartAndNotItsEnd(long time, long size, long start) {
    assertThat(Windows.start(time, size)).isEqualTo(start);
  }

  @Test
  void sizesAreMicroseconds() {
    assertThat(Windows.MINUTE).isEqualTo(60_000_000L);
    assertThat(Windows.HOUR).isEqualTo(3_600_000_000L);
    assertThat(Windows.DAY).isEqualTo(86_400_000_000L);
  }
}
