package io.medallion.gold.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The hashes are sha256sum's. */
class KeyTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final String SMILE = "\ud83d\ude00";

  @Test
  void nothingHasAKeyOfItsOwn() {
    assertThat(Key.of(null)).isEqualTo("(none)");
    assertThat(Key.of("")).isEmpty();
  }

  @Test
  void upTo1024BytesAKeyIsTheTextItself() {
    String ascii = "a".repeat(1_024);
    String euros = "€".repeat(341) + "a";

    assertThat(Key.of("x")).isEqualTo("x");
    assertThat(Key.of(ascii)).isEqualTo(ascii);
    assertThat(Key.of(euros)).isEqualTo(euros);
  }

  @Test
  void aByteMoreIsABeginningAndAHash() {
    assertThat(Key.of("a".repeat(1_025)))
        .isEqualTo(
            "a".repeat(200) + "#4a82297889eb505cf6b5cbdf69977afab4632d6557539782f657bd7dc78091a5");
    assertThat(Key.of("€".repeat(341) + "ab"))
        .isEqualTo(
            "€".repeat(200) + "#4661facdc9cfba93d9c2a9082c55ca04e57c2e229de6540c2e76994849ec1772");
  }

  @Test
  void aBeginningEndsBeforeACharacterThatItWouldSplit() {
    assertThat(Key.of("a".repeat(199) + SMILE.repeat(300)))
        .isEqualTo(
            "a".repeat(199) + "#5e8ae499ed7e5a0e324852ca4fac7d947e9c887ca0dcbf51ab6fd975b5e448ef");
  }

  @Test
  void longTextsThatBeginAlikeHaveDifferentKeys() {
    assertThat(Key.of("a".repeat(2_000) + "b")).isNotEqualTo(Key.of("a".repeat(2_000) + "c"));
  }

  @Test
  void aVisitorIsTheFirst128BitsOfItsHash() {
    assertThat(Key.hash("abc")).isEqualTo(UUID.fromString("ba7816bf-8f01-cfea-4141-40de5dae2223"));
    assertThat(Key.hash("é")).isEqualTo(UUID.fromString("4a99557e-4033-c353-9de2-eb65472017ca"));
  }

  @Test
  void aPrefixIsLess() {
    assertThat(Key.compare("a", "ab")).isNegative();
    assertThat(Key.compare("ab", "a")).isPositive();
    assertThat(Key.compare("ab", "ab")).isZero();
    assertThat(Key.compare("", "a")).isNegative();
  }

  /**
   * U+FFEE is less than any character beyond 16 bits, of which the first half is U+D83D in Java.
   */
  @Test
  void charactersBeyond16BitsAreTheGreatest() {
    assertThat(Key.compare("\uffee", SMILE)).isNegative();
    assertThat(Key.compare(SMILE, "\uffee")).isPositive();
    assertThat(Key.compare(SMILE, "\ud83d\ude01")).isNegative();
  }

  @Test
  void textsCompareAsTheBytesOfTheirUtf8Do() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      String a = text(random);
      String b = text(random);
      int expected =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

      assertThat(Integer.signum(Key.compare(a, b)))
          .as("seed %d, round %d: '%s' and '%s'", SEED, round, a, b)
          .isEqualTo(Integer.signum(expected));
    }
  }

  /** Few characters at the borders of UTF-8's lengths and of surrogates, so that many are equal. */
  private static String text(Random random) {
    int[] characters = {
      'a', 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffee, 0xffff, 0x10000, 0x103ff, 0x10ffff
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }
}
