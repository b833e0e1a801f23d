package io.medallion.operations.verify;

import io.medallion.common.Sha256;
import java.util.HexFormat;

/** Long text as the tables of gold say that they hold it (docs/tables.md). */
final class GoldKey {
  private static final int READABLE = 200;

  private GoldKey() {}

  /** The first 200 UTF-16 units, or 199 if that would cut a character in two, # and the SHA-256. */
  static String cut(String text) {
    int length = Character.isHighSurrogate(text.charAt(READABLE - 1)) ? READABLE - 1 : READABLE;
    return text.substring(0, length) + "#" + HexFormat.of().formatHex(Sha256.of(text));
  }
}
