package io.medallion.common.event;

/** What a string may not be, wherever it stands in an event. */
final class TextRules {
  private TextRules() {}

  /** Postgres refuses U+0000, and a lone surrogate has no UTF-8. */
  static boolean illegalCharacter(char[] text, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      char c = text[i];
      if (c == 0 || Character.isLowSurrogate(c)) {
        return true;
      }
      if (Character.isHighSurrogate(c)) {
        if (++i == end || !Character.isLowSurrogate(text[i])) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a text has more bytes of UTF-8 than the limit. */
  static boolean longerThan(int limit, char[] text, int offset, int length) {
    if (length > limit) {
      return true;
    }
    int count = 0;
    for (int i = offset; i < offset + length; i++) {
      char c = text[i];
      // Each half of a surrogate pair is half of four bytes.
      count += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return count > limit;
  }
}
