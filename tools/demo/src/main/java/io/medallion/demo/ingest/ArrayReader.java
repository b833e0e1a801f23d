package io.medallion.demo.ingest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a JSON array into its elements, byte for byte. Whether an element is JSON its reader says;
 * here only brackets and quotes are followed. Holds one element at a time.
 */
final class ArrayReader {
  private final InputStream in;
  private final int limit;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream element = new ByteArrayOutputStream(1024);
  private int at;
  private int end;
  private long before;
  private long number = 1;
  private long length;
  private boolean hasBegun;
  private boolean isClosed;

  /**
   * @param limit the longest element in bytes
   */
  ArrayReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next element; null at the end. */
  Line next() throws IOException {
    if (isClosed) {
      return nothingBehind();
    }
    int first = notBlank();
    if (!hasBegun) {
      hasBegun = true;
      first = notBlank();
      if (first == ']') {
        return nothingBehind();
      }
    }
    return element(first);
  }

  private Line element(int first) throws IOException {
    long line = number;
    long place = position();
    element.reset();
    length = 0;
    int depth = 0;
    boolean inString = false;
    int b = first;
    while (inString || depth > 0 || (b != ',' && b != ']')) {
      if (b < 0) {
        throw spoiled("The array, or its element at byte %,d, is not closed.".formatted(place));
      }
      append(b);
      if (inString) {
        inString = b != '"';
        if (b == '\\') {
          append(read());
        }
      } else if (b == '"') {
        inString = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (b == '}' || b == ']') {
        depth = Math.max(0, depth - 1);
      }
      b = read();
    }
    if (length == 0) {
      throw spoiled("At byte %,d an element is missing.".formatted(position()));
    }
    isClosed = b == ']';
    return new Line(line, length > limit ? null : stripped(), length, true);
  }

  private void append(int b) {
    if (b >= 0 && length++ <= limit) {
      element.write(b);
    }
  }

  private byte[] stripped() {
    byte[] bytes = element.toByteArray();
    int until = bytes.length;
    while (until > 0 && isBlank(bytes[until - 1])) {
      until--;
    }
    return Arrays.copyOf(bytes, until);
  }

  private Line nothingBehind() throws IOException {
    isClosed = true;
    if (notBlank() >= 0) {
      throw spoiled("Something follows the array at byte %,d.".formatted(position()));
    }
    return null;
  }

  private static SpoiledFile spoiled(String reason) {
    return new SpoiledFile(
        "It is a JSON array, and a broken one. " + reason,
        "Mend it, or write one event a line; ingesting what was sent again doubles nothing.");
  }

  private int notBlank() throws IOException {
    int b = read();
    while (isBlank(b)) {
      b = read();
    }
    return b;
  }

  private static boolean isBlank(int b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }

  /** Where the byte stands that was read last. */
  private long position() {
    return before + Math.max(0, at - 1);
  }

  private int read() throws IOException {
    if (at == end) {
      before += end;
      at = 0;
      end = Math.max(0, in.read(buffer));
      if (end == 0) {
        return -1;
      }
    }
    int b = buffer[at++] & 0xFF;
    number += b == '\n' ? 1 : 0;
    return b;
  }
}
