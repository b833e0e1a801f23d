package io.medallion.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.MedallionException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void aValueComesBehindAnEqualsSignOrAsTheNextWord() {
    assertThat(lake("--lake.path=/lake")).isEqualTo("/lake");
    assertThat(lake("--lake.path", "/lake")).isEqualTo("/lake");
    assertThat(lake("--lake.path=a=b")).isEqualTo("a=b");
    assertThat(lake("--lake.path", "a=b")).isEqualTo("a=b");
  }

  @Test
  void aValueThatLooksLikeAnOptionNeedsTheEqualsSign() {
    assertThat(lake("--lake.path=--once")).isEqualTo("--once");
    refused("--lake.path wants a value", "--lake.path", "--once");
    refused("--lake.path wants a value", "--once", "--lake.path");
  }

  @Test
  void martsAreNamedInEitherWay() {
    assertThat(parsed("--once").rebuild()).isEmpty();
    assertThat(parsed("--rebuild").rebuild()).contains(Set.of());
    assertThat(parsed("--rebuild=sessions").rebuild()).contains(Set.of("sessions"));
    assertThat(parsed("--rebuild", "sessions").rebuild()).contains(Set.of("sessions"));
    assertThat(parsed("--rebuild=sessions", "revenue", "--once").rebuild())
        .contains(Set.of("sessions", "revenue"));
    assertThat(parsed("--rebuild=sessions", "--rebuild=revenue").rebuild())
        .contains(Set.of("sessions", "revenue"));
  }

  @Test
  void onceIsASwitchThatMayBeSaidInFull() {
    assertThat(parsed().once()).isFalse();
    assertThat(parsed("--once").once()).isTrue();
    assertThat(parsed("--once=true").once()).isTrue();
    assertThat(parsed("--once=false").once()).isFalse();
    refused("--once=yes is neither true nor false", "--once=yes");
    refused("'true' is not expected here", "--once", "true");
  }

  private static String lake(String... args) {
    return parsed(args).configuration().get(Keys.LAKE_PATH);
  }

  private static Arguments parsed(String... args) {
    return Arguments.parse(List.of(args), Map.of());
  }

  private static void refused(String problem, String... args) {
    assertThatThrownBy(() -> parsed(args))
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }
}
