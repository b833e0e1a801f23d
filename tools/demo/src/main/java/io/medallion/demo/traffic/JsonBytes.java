package io.medallion.demo.traffic;

import io.medallion.common.event.UtcDay;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/** Writes JSON as bytes; several times as fast as an object mapper, for texts without escapes. */
final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[1024];
  private int size;
  private long cachedDay = Long.MIN_VALUE;
  private byte[] cachedDate = {};

  void clear() {
    size = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  JsonBytes add(byte[] part) {
    ensure(part.length);
    System.arraycopy(part, 0, bytes, size, part.length);
    size += part.length;
    return this;
  }

  /** Adds a text of ASCII characters, none of which needs an escape. */
  JsonBytes add(String text) {
    int length = text.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      bytes[size + i] = (byte) text.charAt(i);
    }
    size += length;
    return this;
  }

  /** Two longs as 36 characters in the form of a UUID. */
  JsonBytes uuid(long high, long low) {
    ensure(36);
    long versioned = (high & ~0xF000L) | 0x4000L;
    long variant = (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    hex(versioned >>> 32, 8);
    put('-');
    hex(versioned >>> 16, 4);
    put('-');
    hex(versioned, 4);
    put('-');
    hex(variant >>> 48, 4);
    put('-');
    hex(variant, 12);
    return this;
  }

  /** A time in epoch microseconds as ISO-8601 in UTC, with milliseconds or microseconds. */
  JsonBytes time(long micros, boolean withMicros) {
    ensure(40);
    long day = UtcDay.of(micros);
    if (day != cachedDay) {
      cachedDay = day;
      cachedDate = (LocalDate.ofEpochDay(day) + "T").getBytes(StandardCharsets.US_ASCII);
    }
    add(cachedDate);
    long ofDay = Math.floorMod(micros, UtcDay.MICROS);
    long seconds = ofDay / 1_000_000;
    digits(seconds / 3600, 2);
    put(':');
    digits(seconds / 60 % 60, 2);
    put(':');
    digits(seconds % 60, 2);
    put('.');
    if (withMicros) {
      digits(ofDay % 1_000_000, 6);
    } else {
      digits(ofDay % 1_000_000 / 1_000, 3);
    }
    put('Z');
    return this;
  }

  private void hex(long value, int width) {
    for (int i = width - 1; i >= 0; i--) {
      bytes[size++] = HEX[(int) (value >>> (4 * i)) & 0xF];
    }
  }

  private void digits(long value, int width) {
    long rest = value;
    for (int i = size + width - 1; i >= size; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += width;
  }

  private void put(char ascii) {
    bytes[size++] = (byte) ascii;
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
