package io.medallion.operations.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldLineageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-20T05:24:00Z",
        "2026-11-20T05:24Z",
        "2026-11-20 05:24:00",
        "2026-11-20 05:24:00+00",
        "2026-11-20 18:24:00+13",
        "2026-11-20 10:54:00+05:30",
        "2026-11-20T18:24:00.000000+13:00",
        " 2026-11-19 23:54:00-05:30 "
      })
  void aTimeIsReadAsPostgresAndOurCommandsPrintIt(String text) {
    assertThat(GoldLineage.time(text)).isEqualTo(Instant.parse("2026-11-20T05:24:00Z"));
  }

  @Test
  void whatIsNoTimeIsRefused() {
    assertThatThrownBy(() -> GoldLineage.time("yesterday")).isInstanceOf(DateTimeException.class);
    assertThatThrownBy(() -> GoldLineage.time("2026-11-20 05:24 pm"))
        .isInstanceOf(DateTimeException.class);
  }
}
