package io.medallion.common.event;

import io.medallion.common.Hmac;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;

/**
 * The key under which ids of erased persons are remembered. Without it their hashes say nothing,
 * and with it anybody can try whether an id is among them.
 */
public final class ErasureKey implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int NEW_BYTES = 32;

  private final byte[] key;

  private ErasureKey(byte[] key) {
    this.key = key.clone();
  }

  /** The one that a text is: its bytes in UTF-8, white space around it left out. */
  public static ErasureKey of(String text) {
    return new ErasureKey(text.strip().getBytes(StandardCharsets.UTF_8));
  }

  /** A new one, as a text for {@link #of}. */
  public static String random() {
    byte[] bytes = new byte[NEW_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What computes hashes; for one thread. */
  Mac hashing() {
    return Hmac.sha256(key);
  }

  /**
   * What is remembered of an id: its kind, its length in bytes, which tells most other texts apart
   * without a hash, and its HMAC-SHA-256.
   */
  public String entry(ErasedIds.Kind kind, String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    return "%s:%d:%s"
        .formatted(
            kind.name().toLowerCase(Locale.ROOT),
            bytes.length,
            HexFormat.of().formatHex(hashing().doFinal(bytes)));
  }

  /** Hides it. */
  @Override
  public String toString() {
    return "(hidden)";
  }
}
