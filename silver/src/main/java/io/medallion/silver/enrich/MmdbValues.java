package io.medallion.silver.enrich;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The values of one section of a MaxMind database, read to see whether they are whole: each has a
 * type of the format and the size of that type, texts are UTF-8, pointers lead to values, and no
 * byte belongs to two of them.
 *
 * @see <a href="https://maxmind.github.io/MaxMind-DB/">the format</a>
 */
final class MmdbValues {
  /** What other readers allow. */
  private static final int DEEPEST = 512;

  private static final int POINTER = 1;
  private static final int TEXT = 2;
  private static final int DOUBLE = 3;
  private static final int BYTES = 4;
  private static final int UINT16 = 5;
  private static final int UINT32 = 6;
  private static final int MAP = 7;

  /** What is added to a type that has a byte of its own. */
  private static final int EXTENDED = 7;

  private static final int INT32 = 8;
  private static final int UINT64 = 9;
  private static final int UINT128 = 10;
  private static final int ARRAY = 11;
  private static final int BOOLEAN = 14;
  private static final int FLOAT = 15;

  private final byte[] file;
  private final int from;
  private final int until;

  /** By place in the section: where values begin, and what else belongs to one. */
  private final BitSet begun = new BitSet();

  private final BitSet inside = new BitSet();

  /** Maps and arrays that are being read. */
  private final Set<Integer> open = new HashSet<>();

  // Of the value whose head was read last.
  private int type;
  private int size;
  private int target;
  private int next;

  MmdbValues(byte[] file, int from, int until) {
    this.file = file;
    this.from = from;
    this.until = until;
  }

  int length() {
    return until - from;
  }

  /**
   * Reads a map and everything in it; once only, however often it is asked for.
   *
   * @param place in the section
   * @return the place behind it
   * @throws IOException if it is no map, or something in it is broken
   */
  int map(int place) throws IOException {
    head(place);
    if (type != MAP) {
      throw broken(place, "is no map");
    }
    return read(place, 0);
  }

  /** Reads a value to its end, and returns the place behind it. */
  private int read(int place, int depth) throws IOException {
    if (open.contains(place)) {
      throw broken(place, "holds itself");
    }
    if (depth > DEEPEST) {
      throw broken(place, "is nested deeper than " + DEEPEST + " levels");
    }
    head(place);
    boolean isKnown = begun.get(place);
    if (!isKnown) {
      claim(place, isContainer() ? next : next + size);
    }
    if (!isContainer()) {
      int end = next + size;
      if (!isKnown) {
        checkScalar(place, depth);
      }
      return end;
    }
    open.add(place);
    boolean isMap = type == MAP;
    Set<String> keys = new HashSet<>();
    int at = next;
    for (int left = size; left > 0; left--) {
      if (isMap) {
        int key = at;
        at = read(at, depth + 1);
        if (!isKnown && !keys.add(text(key))) {
          throw broken(place, "has a key twice");
        }
      }
      at = read(at, depth + 1);
    }
    open.remove(place);
    return at;
  }

  private boolean isContainer() {
    return type == MAP || type == ARRAY;
  }

  private void claim(int place, int end) throws IOException {
    for (int i = place; i < end; i++) {
      if (begun.get(i) || inside.get(i)) {
        throw broken(place, "overlaps another");
      }
    }
    begun.set(place);
    inside.set(place + 1, end);
  }

  /** Of a value that holds no others, and whose head was read. */
  private void checkScalar(int place, int depth) throws IOException {
    switch (type) {
      case POINTER -> {
        int to = target;
        head(to);
        if (type == POINTER) {
          throw broken(place, "points to a pointer");
        }
        read(to, depth + 1);
      }
      case TEXT -> decoded(place);
      case DOUBLE -> {
        double value = ByteBuffer.wrap(file, from + next, size).getDouble();
        if (!Double.isFinite(value)) {
          throw broken(place, "is no number");
        }
      }
      default -> {
        // Its size was all.
      }
    }
  }

  /** The text of a key, or of the one that a pointer in its place leads to. */
  private String text(int place) throws IOException {
    head(place);
    if (type == POINTER) {
      head(target);
    }
    if (type != TEXT) {
      throw broken(place, "is no text, and a key");
    }
    return decoded(place);
  }

  private String decoded(int place) throws IOException {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(file, from + next, size))
              .toString();
    } catch (CharacterCodingException e) {
      throw broken(place, "is not UTF-8");
    }
    if (text.chars().anyMatch(c -> c < ' ')) {
      throw broken(place, "has a control character");
    }
    return text;
  }

  /** Reads what a value begins with: its type and size, or where it points to. */
  private void head(int place) throws IOException {
    int at = place;
    int control = at(place, at++);
    type = control >>> 5;
    if (type == POINTER) {
      int bytes = (control >>> 3 & 3) + 1;
      long pointer = bytes == 4 ? 0 : control & 7;
      for (int i = 0; i < bytes; i++) {
        pointer = pointer << 8 | at(place, at++);
      }
      pointer += bytes == 2 ? 2_048 : bytes == 3 ? 526_336 : 0;
      if (pointer >= length()) {
        throw broken(place, "points out of the file");
      }
      target = (int) pointer;
      size = 0;
    } else {
      boolean isExtended = type == 0;
      type = isExtended ? at(place, at++) + EXTENDED : type;
      size = control & 31;
      int more = Math.max(0, size - 28);
      if (more > 0) {
        int value = 0;
        for (int i = 0; i < more; i++) {
          value = value << 8 | at(place, at++);
        }
        size = value + (more == 1 ? 29 : more == 2 ? 285 : 65_821);
      }
      checkSize(place, isExtended);
    }
    next = at;
    // A boolean is its size; a container's is counted in values, each of a byte at least.
    if (type == BOOLEAN) {
      size = 0;
    } else if (size > length() - next) {
      throw broken(place, "is longer than the file");
    }
  }

  private void checkSize(int place, boolean isExtended) throws IOException {
    int most =
        switch (isExtended && type <= EXTENDED ? 0 : type) {
          case TEXT, BYTES, MAP, ARRAY -> Integer.MAX_VALUE;
          case DOUBLE, UINT64 -> 8;
          case UINT16 -> 2;
          case UINT32, INT32, FLOAT -> 4;
          case UINT128 -> 16;
          case BOOLEAN -> 1;
          default -> throw broken(place, "has the type " + type + ", which is none");
        };
    boolean isExact = type == DOUBLE || type == FLOAT;
    if (size > most || (isExact && size < most)) {
      throw broken(place, "has %d bytes and is of the type %d".formatted(size, type));
    }
  }

  private int at(int place, int at) throws IOException {
    if (at >= length()) {
      throw broken(place, "goes on behind the end of the file");
    }
    return file[from + at] & 0xFF;
  }

  private IOException broken(int place, String how) {
    return new IOException("the value at byte %d %s".formatted(from + place, how));
  }
}
