package io.medallion.operations.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Long text as the tables of gold say that they hold it (docs/tables.md). */
final class GoldKey {
  private static final int READABLE = 200;

  private GoldKey() {}

  /** The first 200 UTF-16 units, or 199 if that would cut a character in two, # and the SHA-256. */
  static String cut(String text) {
    int length = Character.isHighSurrogate(text.charAt(READABLE - 1)) ? READABLE - 1 : READABLE;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return text.substring(0, length) + "#" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
