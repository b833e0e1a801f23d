package io.medallion.common.event;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Reads JSON numbers exactly, in time linear in their length whatever their exponent. Used again
 * for each number.
 */
final class Decimal {
  private static final long[] POWERS = new long[19];
  private static final int MOST_DIGITS = 18;
  private static final int MOST_EXACT_DIGITS = 60;
  private static final int HUGE_EXPONENT = 1_000_000_000;

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private boolean negative;
  private long digits;
  private int count;

  /** How many of the digits are kept: the first ones. */
  private int kept;

  private long exponent;

  /**
   * Reads a text by JSON's grammar of numbers, leading zeros allowed.
   *
   * @return false if it is no number
   */
  boolean read(String text) {
    int end = text.length();
    negative = end > 0 && text.charAt(0) == '-';
    int i = negative ? 1 : 0;
    digits = 0;
    count = 0;
    kept = 0;
    exponent = 0;
    int zeros = 0;
    int seen = 0;
    boolean fraction = false;
    for (; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.' && !fraction && seen > 0) {
        fraction = true;
        seen = 0;
        continue;
      }
      if (c < '0' || c > '9') {
        break;
      }
      seen++;
      exponent -= fraction ? 1 : 0;
      if (c == '0') {
        zeros += count > 0 ? 1 : 0;
      } else {
        append(c - '0', zeros);
        zeros = 0;
      }
    }
    exponent += zeros;
    return seen > 0 && (i == end || readExponent(text, i, end));
  }

  /** Zeros count only once a digit follows them, so that trailing ones cost no precision. */
  private void append(int digit, int zeros) {
    long total = (long) count + zeros + 1;
    if (total <= MOST_DIGITS) {
      digits = digits * POWERS[zeros + 1] + digit;
      kept = (int) total;
    }
    count = (int) Math.min(total, Integer.MAX_VALUE);
  }

  private boolean readExponent(String text, int at, int end) {
    char e = text.charAt(at);
    if (e != 'e' && e != 'E') {
      return false;
    }
    int i = at + 1;
    boolean minus = i < end && text.charAt(i) == '-';
    if (minus || (i < end && text.charAt(i) == '+')) {
      i++;
    }
    if (i == end) {
      return false;
    }
    long value = 0;
    for (; i < end; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      value = Math.min(value * 10 + (c - '0'), HUGE_EXPONENT);
    }
    exponent += minus ? -value : value;
    return true;
  }

  /**
   * The value with its sign; of more digits than any column has the last ones are cut off.
   *
   * @param text what was read
   */
  BigDecimal exact(String text) {
    int most = Math.min(count, MOST_EXACT_DIGITS);
    StringBuilder significant = new StringBuilder(most + 1).append(negative ? "-" : "");
    int taken = 0;
    for (int i = 0; taken < most; i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9' && (taken > 0 || c != '0')) {
        significant.append(c);
        taken++;
      }
    }
    return taken == 0
        ? BigDecimal.ZERO
        : new BigDecimal(
            new BigInteger(significant.toString()), Math.toIntExact(most - count - exponent));
  }

  boolean isZero() {
    return count == 0;
  }

  /** Less than zero; minus zero is not. */
  boolean isNegative() {
    return negative && count > 0;
  }

  /** Whether the value, its sign aside, is less than ten to this power. */
  boolean isBelowPowerOfTen(int power) {
    return count == 0 || count + exponent <= power;
  }

  /** Whether it has at most so many decimals, trailing zeros aside. */
  boolean hasAtMostDecimals(int decimals) {
    return count == 0 || exponent >= -decimals;
  }

  /**
   * The value times ten to this power, its sign aside; what is then behind the point is cut off.
   * The value must be below ten to the power 18 - scale, however many digits it has.
   */
  long scaled(int scale) {
    if (count == 0) {
      return 0;
    }
    long shift = exponent + (count - kept) + scale;
    if (shift >= 0) {
      return digits * POWERS[(int) shift];
    }
    return -shift > MOST_DIGITS ? 0 : digits / POWERS[(int) -shift];
  }
}
