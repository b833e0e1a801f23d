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

  /** What seals what takes an erased event's place; for one thread. */
  Sealing sealing() {
    return new Sealing(hashing());
  }

  /** Seals bytes. Not thread-safe. */
  static final class Sealing {
    private static final int BYTES = 16;

    /** What no id begins with, so that no seal is an id's hash. */
    private static final byte[] OWN = {0, 's', 'e', 'a', 'l', 0};

    private final Mac mac;

    private Sealing(Mac mac) {
      this.mac = mac;
    }

    /** Of bytes and the erasure that they are by, in hexadecimal. */
    String seal(String erasure, byte[] bytes) {
      mac.update(OWN);
      mac.update(erasure.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return HexFormat.of().formatHex(mac.doFinal(bytes), 0, BYTES);
    }
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
