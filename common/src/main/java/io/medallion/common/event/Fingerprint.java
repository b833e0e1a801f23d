package io.medallion.common.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit fingerprint of what the producer said, the same for every order of the top-level fields
 * and any white space between tokens.
 *
 * <p>Each top-level field is hashed by itself (name, then its value's tokens in their order) and
 * the hashes are added. It is not cryptographic. Silver compares fingerprints only among events of
 * one id and one time, and the first of them always wins: a forged collision could only make the
 * forger's own second event count as a duplicate of the first one.
 */
final class Fingerprint {
  static final long STRING = 0x9E3779B97F4A7C15L;
  static final long NUMBER = 0xC2B2AE3D27D4EB4FL;
  static final long NAME = 0x165667B19E3779F9L;

  private static final long MULTIPLIER = 0xD6E8FEB86659FD93L;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Fingerprint() {}

  /** Takes one more token into the hash of a value. */
  static long add(long hash, long token) {
    long h = (hash ^ token) * MULTIPLIER;
    return h ^ (h >>> 32);
  }

  /** A token without text: brackets, true, false, null. */
  static long ofKind(int kind) {
    return mix(kind + 1L);
  }

  /** Four characters at a time; each step is a bijection of the state for equal input. */
  static long ofText(long seed, char[] text, int offset, int length) {
    long h = seed ^ length;
    int i = offset;
    int end = offset + length;
    for (; i + 4 <= end; i += 4) {
      long four =
          text[i] | (long) text[i + 1] << 16 | (long) text[i + 2] << 32 | (long) text[i + 3] << 48;
      h = add(h, four);
    }
    for (; i < end; i++) {
      h = add(h, text[i]);
    }
    return h;
  }

  /** The same of a text in ASCII. */
  static long ofAscii(long seed, byte[] text, int offset, int length) {
    long h = seed ^ length;
    int i = offset;
    int end = offset + length;
    for (; i + 4 <= end; i += 4) {
      h = add(h, characters((int) INTS.get(text, i)));
    }
    for (; i < end; i++) {
      h = add(h, text[i]);
    }
    return h;
  }

  /** Four bytes as four characters. */
  private static long characters(int bytes) {
    long two = (bytes & 0xFFFFL) | (bytes & 0xFFFF0000L) << 16;
    return (two | two << 8) & 0x00FF00FF00FF00FFL;
  }

  /** A field's name. */
  static long ofName(String name) {
    long h = NAME ^ name.length();
    for (int i = 0; i < name.length(); i++) {
      h = add(h, name.charAt(i));
    }
    return h;
  }

  /** The hash of a field, to be added to those of the others. */
  static long ofField(long name, long value) {
    return mix(Long.rotateLeft(name, 23) * MULTIPLIER ^ value);
  }

  /** The finalizer of splitmix64: every bit of the input reaches every bit of the output. */
  static long mix(long value) {
    long h = value + STRING;
    h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
    h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
    return h ^ (h >>> 31);
  }
}
