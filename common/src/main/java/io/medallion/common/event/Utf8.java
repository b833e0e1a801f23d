package io.medallion.common.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks through bytes once before they are parsed. Jackson's decoder lets pass what UTF-8 forbids
 * (overlong sequences, surrogates), and takes UTF-16 and UTF-32 for JSON as well.
 */
final class Utf8 {
  /** What {@link #scan} found: everything is ASCII. */
  static final int ASCII = 0;

  /** There is a backslash, so strings may hold any character, escaped. */
  static final int ESCAPES = 1;

  /** There are sequences of several bytes. */
  static final int WIDE = 2;

  /** Not UTF-8. */
  static final int INVALID = 4;

  /** There is a byte 0, which no JSON text has. */
  static final int ZERO = 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long BACKSLASHES = ONES * '\\';
  private static final long QUOTES = ONES * '"';
  private static final long SPACES = ONES * ' ';

  private Utf8() {}

  /** The flags of a text, from its first byte to its last. */
  static int scan(byte[] bytes) {
    int flags = ASCII;
    int i = 0;
    while (i < bytes.length) {
      if (i + 8 <= bytes.length) {
        long eight = (long) LONGS.get(bytes, i);
        if ((eight & HIGH_BITS) == 0) {
          flags |= zeroIn(eight ^ BACKSLASHES) ? ESCAPES : 0;
          flags |= zeroIn(eight) ? ZERO : 0;
          i += 8;
          continue;
        }
      }
      byte b = bytes[i];
      if (b >= 0) {
        flags |= b == '\\' ? ESCAPES : b == 0 ? ZERO : 0;
        i++;
        continue;
      }
      int length = sequence(bytes, i);
      if (length == 0) {
        return flags | INVALID;
      }
      flags |= WIDE;
      i += length;
    }
    return flags;
  }

  private static boolean zeroIn(long eight) {
    return zeros(eight) != 0;
  }

  /** The highest bit of the first byte that is zero, and perhaps of some behind it. */
  private static long zeros(long eight) {
    return (eight - ONES) & ~eight & HIGH_BITS;
  }

  /**
   * Where the next quotation mark or control character is among bytes that are ASCII, the length of
   * all if there is none.
   */
  static int endOfString(byte[] bytes, int from) {
    int i = from;
    for (; i + 8 <= bytes.length; i += 8) {
      long eight = (long) LONGS.get(bytes, i);
      long found = zeros(eight ^ QUOTES) | ((eight - SPACES) & ~eight & HIGH_BITS);
      if (found != 0) {
        return i + Long.numberOfTrailingZeros(found) / 8;
      }
    }
    while (i < bytes.length && bytes[i] != '"' && bytes[i] >= ' ') {
      i++;
    }
    return i;
  }

  /** The length of the sequence that begins here, 0 if table 3-7 of Unicode has none such. */
  private static int sequence(byte[] bytes, int at) {
    int first = bytes[at] & 0xFF;
    int second = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
    if (first >= 0xC2 && first <= 0xDF) {
      return tail(bytes, at, 1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
      boolean overlong = first == 0xE0 && second < 0xA0;
      boolean surrogate = first == 0xED && second > 0x9F;
      return !overlong && !surrogate && tail(bytes, at, 2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
      boolean overlong = first == 0xF0 && second < 0x90;
      boolean beyond = first == 0xF4 && second > 0x8F;
      return !overlong && !beyond && tail(bytes, at, 3) ? 4 : 0;
    }
    return 0;
  }

  private static boolean tail(byte[] bytes, int at, int count) {
    if (at + count >= bytes.length) {
      return false;
    }
    for (int i = 1; i <= count; i++) {
      if ((bytes[at + i] & 0xC0) != 0x80) {
        return false;
      }
    }
    return true;
  }
}
