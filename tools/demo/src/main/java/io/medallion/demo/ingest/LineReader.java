package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream into lines, without their ends ({@code \n}, {@code \r\n}). Blank lines are left
 * out. Holds one line at a time, and of one that is too long nothing.
 */
final class LineReader {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[BUFFER];
  private int start;
  private int end;
  private long number;

  /**
   * @param limit the longest line in bytes
   */
  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next line; null at the end. */
  Line next() throws IOException {
    while (true) {
      Line line = line();
      if (line == null || line.isTooLong() || !Line.isBlank(line.bytes())) {
        return line;
      }
    }
  }

  private Line line() throws IOException {
    number++;
    int at = 0;
    while (true) {
      int found = lineEnd(start + at);
      if (found >= 0) {
        return taken(found, true);
      }
      at = end - start;
      // One more for the \r that may not be a part of it.
      if (at > limit + 1) {
        return tooLong();
      }
      if (!more()) {
        return at == 0 ? null : taken(end, false);
      }
    }
  }

  private int lineEnd(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private Line taken(int until, boolean isEnded) {
    int content = until > start && buffer[until - 1] == '\r' ? until - 1 : until;
    int length = content - start;
    byte[] bytes = length > limit ? null : Arrays.copyOfRange(buffer, start, content);
    start = until + (isEnded ? 1 : 0);
    return new Line(number, bytes, length, isEnded);
  }

  private Line tooLong() throws IOException {
    long length = 0;
    while (true) {
      int found = lineEnd(start);
      int until = found < 0 ? end : found;
      length += until - start;
      start = found < 0 ? end : found + 1;
      if (found >= 0) {
        return new Line(number, null, length, true);
      }
      if (!more()) {
        return new Line(number, null, length, false);
      }
    }
  }

  /** Reads on behind what is there; false at the end of the file. */
  private boolean more() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, end, buffer.length - end);
    end += Math.max(0, read);
    return read >= 0;
  }
}
