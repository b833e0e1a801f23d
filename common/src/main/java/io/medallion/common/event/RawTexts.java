package io.medallion.common.event;

import java.nio.charset.StandardCharsets;

/**
 * The strings, numbers and words in bytes that may be broken JSON, one after the other: whatever
 * stands between quotes, and whatever runs without a separator.
 */
final class RawTexts {
  private static final int HEX = 16;
  private static final int HEX_DIGITS = 4;

  private final byte[] bytes;
  private int at;
  private int from;
  private int until;
  private boolean quoted;

  RawTexts(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Goes to the next one; false if there is none. */
  boolean next() {
    while (at < bytes.length && bytes[at] != '"' && isSeparator(bytes[at])) {
      at++;
    }
    if (at >= bytes.length) {
      return false;
    }
    quoted = bytes[at] == '"';
    from = quoted ? at + 1 : at;
    until = from;
    while (until < bytes.length && !ends(until)) {
      until += quoted && bytes[until] == '\\' ? 2 : 1;
    }
    until = Math.min(until, bytes.length);
    at = quoted ? until + 1 : until;
    return true;
  }

  private boolean ends(int place) {
    return quoted ? bytes[place] == '"' : bytes[place] == '"' || isSeparator(bytes[place]);
  }

  private static boolean isSeparator(byte b) {
    return (b >= 0 && b <= ' ')
        || b == ','
        || b == ':'
        || b == '{'
        || b == '}'
        || b == '['
        || b == ']';
  }

  /** How many bytes it takes. */
  int bytes() {
    return until - from;
  }

  /** Whether a value should follow. */
  boolean isName() {
    int next = at;
    while (next < bytes.length && bytes[next] >= 0 && bytes[next] <= ' ') {
      next++;
    }
    return quoted && next < bytes.length && bytes[next] == ':';
  }

  /** What it says; escapes are resolved as far as they are such. */
  String text() {
    String raw = new String(bytes, from, until - from, StandardCharsets.UTF_8);
    return quoted && raw.indexOf('\\') >= 0 ? unescaped(raw) : raw;
  }

  private static String unescaped(String raw) {
    StringBuilder text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i);
      if (c != '\\' || i + 1 == raw.length()) {
        text.append(c);
        i++;
      } else if (raw.charAt(i + 1) == 'u' && isHex(raw, i + 2)) {
        text.append((char) Integer.parseInt(raw.substring(i + 2, i + 2 + HEX_DIGITS), HEX));
        i += 2 + HEX_DIGITS;
      } else {
        text.append(
            switch (raw.charAt(i + 1)) {
              case 'b' -> '\b';
              case 'f' -> '\f';
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> raw.charAt(i + 1);
            });
        i += 2;
      }
    }
    return text.toString();
  }

  private static boolean isHex(String raw, int at) {
    return at + HEX_DIGITS <= raw.length()
        && raw.substring(at, at + HEX_DIGITS).chars().allMatch(c -> Character.digit(c, HEX) >= 0);
  }
}
