package io.medallion.operations;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes of a record, as a person can read them. */
public final class Bytes {
  private final byte[] bytes;

  Bytes(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** These bytes; null for null. */
  public static Bytes of(byte[] bytes) {
    return bytes == null ? null : new Bytes(bytes);
  }

  /** How many there are. */
  public int length() {
    return bytes.length;
  }

  /** Whether they are valid UTF-8 and so {@link #text} is all there is to see. */
  public boolean isText() {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** As UTF-8, with a mark in the place of what is none; control characters escaped. */
  public String text() {
    StringBuilder shown = new StringBuilder();
    new String(bytes, StandardCharsets.UTF_8)
        .chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append("\\u").append(HexFormat.of().toHexDigits((char) c));
              } else {
                shown.append((char) c);
              }
            });
    return shown.toString();
  }

  /** In hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
