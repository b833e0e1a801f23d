package io.medallion.common;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes without a key. */
public final class Sha256 {
  private static final String ALGORITHM = "SHA-256";

  private Sha256() {}

  /** A new SHA-256 (FIPS 180-4) of nothing yet; for one thread. */
  public static MessageDigest begin() {
    try {
      return MessageDigest.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** The 32 bytes of a text in UTF-8. */
  public static byte[] of(String text) {
    return begin().digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
