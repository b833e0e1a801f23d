package io.medallion.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.AccessTokens.Reader;
import io.medallion.common.error.MedallionException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
  private static final String LINES =
      """
      # of the shops
      analyst: 0123456789abcdef

      us @ shop-us:  fedcba9876543210:x
      """;

  @Test
  void eachLineIsAReaderAndMayNameASite() {
    assertThat(AccessTokens.parse(LINES, "it").readers())
        .containsExactly(
            new Reader("analyst", Optional.empty(), "0123456789abcdef"),
            new Reader("us", Optional.of("shop-us"), "fedcba9876543210:x"));
    assertThat(AccessTokens.parse("", "it").isEmpty()).isTrue();
  }

  @Test
  void whoSendsATokenIsTheReaderThatHasIt() {
    AccessTokens tokens = AccessTokens.parse(LINES, "it");
    assertThat(tokens.admit("Bearer fedcba9876543210:x").orElseThrow().name()).isEqualTo("us");
    assertThat(tokens.admit("Bearer 0123456789abcdef")).isPresent();
    for (String other :
        new String[] {
          null,
          "",
          "Bearer ",
          "Basic 0123456789abcdef",
          "0123456789abcdef",
          "Bearer 0123456789abcde"
        }) {
      assertThat(tokens.admit(other)).as(other).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "analyst 0123456789abcdef",
        ": 0123456789abcdef",
        "a @ : 0123456789abcdef",
        "a: short"
      })
  void aLineThatIsNoTokenIsNamed(String line) {
    assertThatThrownBy(() -> AccessTokens.parse("# first\n" + line, "dashboard.tokens"))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.problem()).isEqualTo("Line 2 of dashboard.tokens is no token");
              assertThat(e.explain()).doesNotContain("0123456789abcdef");
            });
  }

  @Test
  void aTokenIsOneReadersAlone() {
    String twice = "a: 0123456789abcdef\nb @ shop: 0123456789abcdef";
    assertThatThrownBy(() -> AccessTokens.parse(twice, "dashboard.tokens"))
        .hasMessageContaining("Line 2 of dashboard.tokens has a token that another line has");
    assertThat(AccessTokens.parse("anna@shop.example: 0123456789abcdef", "it").readers())
        .singleElement()
        .satisfies(reader -> assertThat(reader.site()).isEmpty());
  }

  @Test
  void tokensAreNotShown() {
    assertThat(AccessTokens.parse(LINES, "it").toString())
        .contains("us @ shop-us")
        .doesNotContain("0123456789abcdef");
  }
}
