package io.medallion.gold.postgres;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows in the binary format of Postgres's COPY, without header and trailer, so that buffers can be
 * sent one after the other.
 *
 * <p>Binary, because no text then needs escaping, and times and numbers need no parsing in
 * Postgres. Format: PostgreSQL documentation, COPY, "Binary Format".
 */
public final class CopyBuffer implements Serializable {
  /** Signature, flags and header extension of the format. */
  static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};

  private static final long MICROS_FROM_1970_TO_2000 = 946_684_800_000_000L;
  private static final int NULL = -1;
  private static final int OID_TEXT = 25;
  private static final int OID_TIMESTAMPTZ = 1184;
  private static final int OID_UUID = 2950;
  private static final int MONEY_SCALE = 6;
  private static final int DAYS_FROM_1970_TO_2000 = 10_957;

  /** Postgres stores decimals in groups of four digits. */
  private static final int GROUP_DIGITS = 4;

  private static final BigInteger GROUP = BigInteger.valueOf(10_000);
  private static final int NEGATIVE = 0x4000;

  private byte[] bytes = new byte[256];
  private int length;
  private long rows;

  public CopyBuffer row(int fields) {
    rows++;
    int2(fields);
    return this;
  }

  public CopyBuffer text(String text) {
    if (text == null) {
      int4(NULL);
      return this;
    }
    // Postgres refuses U+0000; silver quarantines it, and a merge must not fail on it either way.
    byte[] utf8 = text.replace('\u0000', '\ufffd').getBytes(StandardCharsets.UTF_8);
    int4(utf8.length);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
    return this;
  }

  public CopyBuffer bigint(long value) {
    int4(8);
    int8(value);
    return this;
  }

  /** A timestamptz, from microseconds since 1970; null if there is none. */
  public CopyBuffer time(Long micros) {
    if (micros == null) {
      int4(NULL);
      return this;
    }
    return bigint(micros - MICROS_FROM_1970_TO_2000);
  }

  public CopyBuffer uuid(UUID uuid) {
    int4(16);
    int8(uuid.getMostSignificantBits());
    int8(uuid.getLeastSignificantBits());
    return this;
  }

  /** A numeric with six decimals; null if there is none. */
  public CopyBuffer decimal(BigDecimal value) {
    return value == null ? nothing() : decimal(value, MONEY_SCALE);
  }

  /**
   * A numeric.
   *
   * @param scale how many digits it has after the point
   * @throws ArithmeticException if the value has more
   */
  public CopyBuffer decimal(BigDecimal value, int scale) {
    int fractionGroups = (scale + GROUP_DIGITS - 1) / GROUP_DIGITS;
    // Zeros fill the last group.
    BigInteger rest =
        value.setScale(scale).setScale(fractionGroups * GROUP_DIGITS).unscaledValue().abs();
    int[] groups = new int[32];
    int count = 0;
    while (rest.signum() != 0) {
      BigInteger[] parts = rest.divideAndRemainder(GROUP);
      groups[count++] = parts[1].intValue();
      rest = parts[0];
    }
    int4(8 + 2 * count);
    int2(count);
    int2(count - 1 - fractionGroups);
    int2(value.signum() < 0 ? NEGATIVE : 0);
    int2(scale);
    for (int i = count - 1; i >= 0; i--) {
      int2(groups[i]);
    }
    return this;
  }

  /** A null. */
  public CopyBuffer nothing() {
    int4(NULL);
    return this;
  }

  public CopyBuffer bool(boolean value) {
    int4(1);
    ensure(1);
    bytes[length++] = (byte) (value ? 1 : 0);
    return this;
  }

  public CopyBuffer integer(int value) {
    int4(4);
    int4(value);
    return this;
  }

  public CopyBuffer float8(double value) {
    return bigint(Double.doubleToLongBits(value));
  }

  /** A date, from days since 1970. */
  public CopyBuffer day(long days) {
    return integer(Math.toIntExact(days - DAYS_FROM_1970_TO_2000));
  }

  /** An interval of microseconds alone, without days and months. */
  public CopyBuffer interval(long micros) {
    int4(16);
    int8(micros);
    int4(0);
    int4(0);
    return this;
  }

  /** Text as Spark keeps it. */
  public CopyBuffer utf8(UTF8String text) {
    byte[] utf8 = text.getBytes();
    int4(utf8.length);
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    for (int i = length; i < length + utf8.length; i++) {
      if (bytes[i] == 0) {
        // Postgres refuses U+0000; silver quarantines it, and a merge must not fail on it either
        // way.
        length -= 4;
        return text(text.toString());
      }
    }
    length += utf8.length;
    return this;
  }

  public CopyBuffer utf8Texts(List<UTF8String> texts) {
    int start = arrayHeader(OID_TEXT, texts.size());
    texts.forEach(this::utf8);
    return closeArray(start);
  }

  public CopyBuffer uuids(Collection<UUID> uuids) {
    int start = arrayHeader(OID_UUID, uuids.size());
    uuids.forEach(this::uuid);
    return closeArray(start);
  }

  /** An array of timestamptz, from microseconds since 1970. */
  public CopyBuffer times(List<Long> micros) {
    int start = arrayHeader(OID_TIMESTAMPTZ, micros.size());
    micros.forEach(this::time);
    return closeArray(start);
  }

  public long rows() {
    return rows;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  public void clear() {
    length = 0;
    rows = 0;
  }

  private int arrayHeader(int elementType, int size) {
    int4(0);
    int start = length;
    int4(size == 0 ? 0 : 1);
    int4(0);
    int4(elementType);
    if (size > 0) {
      int4(size);
      int4(1);
    }
    return start;
  }

  private CopyBuffer closeArray(int start) {
    int end = length;
    length = start - 4;
    int4(end - start);
    length = end;
    return this;
  }

  private void int2(int value) {
    ensure(2);
    bytes[length++] = (byte) (value >> 8);
    bytes[length++] = (byte) value;
  }

  private void int4(int value) {
    int2(value >> 16);
    int2(value);
  }

  private void int8(long value) {
    int4((int) (value >> 32));
    int4((int) value);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
