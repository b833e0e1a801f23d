package io.medallion.common.event;

import java.util.Optional;

/**
 * Escapes of half a character ({@code \}{@code ud800} without its other half). Jackson reads them
 * in a string and fails on them in a name; the contract has one reason for both.
 */
final class LoneSurrogates {
  private static final int ESCAPE = 6;
  private static final int NONE = -1;

  private LoneSurrogates() {}

  /**
   * The same text with the escape of U+0000, which the contract refuses for the same reason, in
   * each one's place; empty if there are none.
   */
  static Optional<byte[]> replaced(byte[] json) {
    byte[] replaced = null;
    int at = 0;
    while (at < json.length) {
      if (json[at] != '\\') {
        at++;
        continue;
      }
      int unit = unit(json, at);
      if (unit == NONE) {
        at += 2;
      } else if (Character.isHighSurrogate((char) unit) && isLow(unit(json, at + ESCAPE))) {
        at += 2 * ESCAPE;
      } else {
        if (Character.isSurrogate((char) unit)) {
          replaced = replaced == null ? json.clone() : replaced;
          for (int i = at + 2; i < at + ESCAPE; i++) {
            replaced[i] = '0';
          }
        }
        at += ESCAPE;
      }
    }
    return Optional.ofNullable(replaced);
  }

  private static boolean isLow(int unit) {
    return unit != NONE && Character.isLowSurrogate((char) unit);
  }

  /** What is escaped by four digits there. */
  private static int unit(byte[] json, int at) {
    if (at + ESCAPE > json.length || json[at] != '\\' || json[at + 1] != 'u') {
      return NONE;
    }
    int unit = 0;
    for (int i = at + 2; i < at + ESCAPE; i++) {
      int digit = Character.digit(json[i], 16);
      if (digit < 0) {
        return NONE;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }
}
