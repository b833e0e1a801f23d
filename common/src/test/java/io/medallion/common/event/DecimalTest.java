package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
  private final Decimal decimal = new Decimal();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        ".5",
        "5.",
        "1e",
        "1e+",
        "1.e5",
        "NaN",
        "Infinity",
        "1 ",
        "0x1",
        "1..2",
        "1e5.0"
      })
  void othersAreNoNumbers(String text) {
    assertThat(decimal.read(text)).isFalse();
  }

  @Test
  void randomNumbersAgreeWithBigDecimal() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 50_000; i++) {
      String text = number(random);
      BigDecimal exact = new BigDecimal(text);
      boolean below = exact.abs().compareTo(BigDecimal.TEN.pow(12)) < 0;
      boolean precise = exact.signum() == 0 || exact.stripTrailingZeros().scale() <= 6;

      assertThat(decimal.read(text)).as(text).isTrue();
      assertThat(decimal.isNegative()).as(text).isEqualTo(exact.signum() < 0);
      assertThat(decimal.isBelowPowerOfTen(12)).as(text).isEqualTo(below);
      assertThat(decimal.hasAtMostDecimals(6)).as(text).isEqualTo(precise);
      if (below && precise) {
        assertThat(decimal.scaled(6))
            .as(text)
            .isEqualTo(exact.abs().movePointRight(6).longValueExact());
      }
    }
  }

  private static String number(SplittableRandom random) {
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "-" : "");
    digits(random, text, 1 + random.nextInt(14));
    if (random.nextBoolean()) {
      digits(random, text.append('.'), 1 + random.nextInt(9));
    }
    if (random.nextInt(3) == 0) {
      text.append(random.nextBoolean() ? "e" : "E").append(random.nextInt(-25, 25));
    }
    return text.toString();
  }

  private static void digits(SplittableRandom random, StringBuilder text, int count) {
    for (int i = 0; i < count; i++) {
      text.append(random.nextInt(3) == 0 ? random.nextInt(10) : 0);
    }
  }

  @Test
  void moreDigitsThanFitAreCutBehindThePoint() {
    SplittableRandom random = new SplittableRandom(6);
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      digits(random, text, 1 + random.nextInt(12));
      digits(random, text.append('.'), 1 + random.nextInt(40));
      assertThat(decimal.read(text.toString())).isTrue();
      assertThat(decimal.scaled(6))
          .as(text.toString())
          .isEqualTo(new BigDecimal(text.toString()).movePointRight(6).longValue());
    }
  }

  @Test
  void aMillionDigitsOrAHugeExponentTakeNoTime() {
    assertThat(decimal.read("1" + "0".repeat(1_000_000))).isTrue();
    assertThat(decimal.isBelowPowerOfTen(12)).isFalse();
    assertThat(decimal.read("0." + "0".repeat(1_000_000) + "1")).isTrue();
    assertThat(decimal.hasAtMostDecimals(6)).isFalse();
    assertThat(decimal.read("1e" + "9".repeat(1_000))).isTrue();
    assertThat(decimal.isBelowPowerOfTen(12)).isFalse();
    assertThat(decimal.read("0e" + "9".repeat(1_000))).isTrue();
    assertThat(decimal.scaled(6)).isZero();
  }
}
