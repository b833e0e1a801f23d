package io.medallion.gold.mart;

import io.medallion.common.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Text as a key in Postgres, where an entry of a B-tree holds 2,704 bytes: long text is cut to a
 * readable beginning and told apart by its hash.
 */
public final class Key {
  /** The sentinel of an absent value: a null is no key. */
  static final String NONE = "(none)";

  private static final UTF8String NO_TEXT = UTF8String.fromString(NONE);
  private static final int LONGEST_BYTES = 1_024;
  private static final int MOST_BYTES_PER_CHAR = 3;
  private static final int READABLE_CHARS = 200;

  private Key() {}

  /** The same of text as Spark keeps it, which is copied only if it is cut. */
  public static UTF8String ofUtf8(UTF8String text) {
    if (text == null) {
      return NO_TEXT;
    }
    return text.numBytes() <= LONGEST_BYTES ? text : UTF8String.fromString(of(text.toString()));
  }

  /** The text itself up to 1,024 bytes of UTF-8, else its beginning, {@code #} and its SHA-256. */
  public static String of(String text) {
    if (text == null) {
      return NONE;
    }
    if (text.length() * MOST_BYTES_PER_CHAR <= LONGEST_BYTES) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LONGEST_BYTES
        ? text
        : beginning(text) + '#' + HexFormat.of().formatHex(digest(bytes));
  }

  /** 128 bits of SHA-256: a visitor in a set, at a fixed size. */
  public static UUID hash(String text) {
    ByteBuffer hash = ByteBuffer.wrap(digest(text.getBytes(StandardCharsets.UTF_8)));
    return new UUID(hash.getLong(), hash.getLong());
  }

  /** The same of many texts; not thread-safe. */
  public static final class Hasher {
    private final MessageDigest digest = Sha256.begin();

    /** Of a text's bytes in UTF-8. */
    public UUID hash(byte[] utf8) {
      ByteBuffer hash = ByteBuffer.wrap(digest.digest(utf8));
      return new UUID(hash.getLong(), hash.getLong());
    }
  }

  /** Compares as Postgres does under {@code COLLATE "C"}: by the bytes of UTF-8. */
  static int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static String beginning(String text) {
    boolean splitsPair = Character.isHighSurrogate(text.charAt(READABLE_CHARS - 1));
    return text.substring(0, splitsPair ? READABLE_CHARS - 1 : READABLE_CHARS);
  }

  /** Of bytes, the SHA-256. */
  static byte[] digest(byte[] bytes) {
    return Sha256.begin().digest(bytes);
  }
}
