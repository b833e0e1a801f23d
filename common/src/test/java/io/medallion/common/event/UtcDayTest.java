package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UtcDayTest {
  @Test
  void aDayEndsAMicrosecondBeforeTheNextAlsoBefore1970() {
    assertThat(UtcDay.of(0)).isZero();
    assertThat(UtcDay.of(UtcDay.MICROS - 1)).isZero();
    assertThat(UtcDay.of(UtcDay.MICROS)).isEqualTo(1);
    assertThat(UtcDay.of(-1)).isEqualTo(-1);
    assertThat(UtcDay.of(-UtcDay.MICROS)).isEqualTo(-1);
  }
}
