package io.medallion.common.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes that stand in bronze for an event of a person who was erased with the totals kept: a
 * JSON object that begins with the erasure's name and a seal, behind which silver's columns are.
 * The seal is made by the key of erasure, so that no producer can have an event taken for one that
 * was parsed already, and nobody can change one unnoticed.
 */
public final class AnonymizedBytes {
  /** The first name in such an object. */
  public static final String MARK = "medallion-anonymized";

  /** The second one. */
  public static final String SEAL = "medallion-seal";

  private static final String BEGIN = "{\"" + MARK + "\":\"";
  private static final String BETWEEN = "\",\"" + SEAL + "\":\"";
  private static final String BEHIND = "\",";
  private static final byte[] BEGIN_BYTES = ascii(BEGIN);
  private static final byte[] BETWEEN_BYTES = ascii(BETWEEN);
  private static final byte[] BEHIND_BYTES = ascii(BEHIND);

  private AnonymizedBytes() {}

  /** Whether a value, or an event's part of one, begins like these; may be null. */
  public static boolean areIn(byte[] value) {
    return value != null && isAt(value, 0, BEGIN_BYTES);
  }

  /**
   * Those of an event.
   *
   * @param erasure its name: letters, digits and points
   * @param json an object that is not empty, without white space before or in front of its first
   *     name
   * @param key which remembers the erased
   */
  public static byte[] of(String erasure, byte[] json, ErasureKey key) {
    byte[] rest = Arrays.copyOfRange(json, 1, json.length);
    String begin = BEGIN + erasure + BETWEEN + key.sealing().seal(erasure, rest) + BEHIND;
    byte[] first = ascii(begin);
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }

  /** Whether a value is one of these that was sealed so. */
  static boolean areSealed(byte[] value, ErasureKey.Sealing sealing) {
    if (!areIn(value)) {
      return false;
    }
    int nameEnd = quote(value, BEGIN_BYTES.length);
    if (!isAt(value, nameEnd, BETWEEN_BYTES)) {
      return false;
    }
    int sealFrom = nameEnd + BETWEEN_BYTES.length;
    int sealEnd = quote(value, sealFrom);
    if (!isAt(value, sealEnd, BEHIND_BYTES)) {
      return false;
    }
    String erasure = text(value, BEGIN_BYTES.length, nameEnd);
    byte[] rest = Arrays.copyOfRange(value, sealEnd + BEHIND_BYTES.length, value.length);
    return sealing.seal(erasure, rest).equals(text(value, sealFrom, sealEnd));
  }

  private static int quote(byte[] value, int from) {
    int at = from;
    while (at < value.length && value[at] != '"') {
      at++;
    }
    return at;
  }

  private static boolean isAt(byte[] value, int from, byte[] text) {
    return value.length >= from + text.length
        && Arrays.equals(value, from, from + text.length, text, 0, text.length);
  }

  private static String text(byte[] value, int from, int until) {
    return new String(value, from, until - from, StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
