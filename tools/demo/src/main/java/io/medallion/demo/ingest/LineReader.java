package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream into lines, or into CSV records whose quoted cells may hold line ends, without
 * their ends ({@code \n}, {@code \r\n}). Blank lines are left out. Holds one line at a time.
 *
 * <p>A quote that is never closed would swallow the rest of the file: a record that grows past the
 * limit, or that the file's end cuts off, is taken as the single line that it began with, and
 * reading goes on after that line.
 */
final class LineReader {
  private static final int BUFFER = 1 << 16;
  private static final int NO_QUOTES = -1;

  private final InputStream in;
  private final int limit;
  private byte[] buffer = new byte[BUFFER];
  private int start;
  private int end;
  private boolean ended;

  /**
   * @param limit the longest line in bytes; a longer one is cut there, and its rest left out
   */
  LineReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * The next byte that is not white space, without taking anything but a byte order mark; or -1.
   */
  int peek() throws IOException {
    skipByteOrderMark();
    for (int i = 0; i <= limit; i++) {
      if (start + i >= end && !more()) {
        return -1;
      }
      if (!Character.isWhitespace(buffer[start + i])) {
        return buffer[start + i];
      }
    }
    return -1;
  }

  /** The next line; null at the end. */
  byte[] line() throws IOException {
    return next(NO_QUOTES);
  }

  /** The next CSV record; null at the end. */
  byte[] csvRecord(byte delimiter) throws IOException {
    return next(delimiter);
  }

  private byte[] next(int delimiter) throws IOException {
    while (true) {
      int length = length(delimiter);
      if (length < 0) {
        return null;
      }
      byte[] line = take(length);
      if (!isBlank(line)) {
        return line;
      }
    }
  }

  /** How long the next record is, without its line end; -1 at the end of the file. */
  private int length(int delimiter) throws IOException {
    boolean quoted = false;
    int firstLine = -1;
    int previous = delimiter;
    for (int i = 0; ; i++) {
      if (start + i >= end && !more()) {
        if (quoted && firstLine >= 0) {
          return firstLine;
        }
        return i == 0 ? -1 : i;
      }
      byte b = buffer[start + i];
      if (b == '\n') {
        if (!quoted) {
          return i;
        }
        firstLine = firstLine < 0 ? i : firstLine;
      } else if (b == '"' && delimiter != NO_QUOTES) {
        // It opens a cell only at its start; a second one right after the first is part of the
        // cell.
        quoted = !quoted && (previous == delimiter || previous == '"');
      }
      previous = b;
      if (i > limit) {
        return firstLine >= 0 ? firstLine : i;
      }
    }
  }

  private byte[] take(int length) throws IOException {
    int until = start + length;
    int content = length > 0 && buffer[until - 1] == '\r' ? length - 1 : length;
    byte[] line = Arrays.copyOfRange(buffer, start, start + content);
    start = until;
    skipRestOfLine();
    return line;
  }

  private void skipRestOfLine() throws IOException {
    while (true) {
      if (start >= end && !more()) {
        return;
      }
      if (buffer[start++] == '\n') {
        return;
      }
    }
  }

  /** Reads on behind what is there; false at the end of the file. */
  private boolean more() throws IOException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, end, buffer.length - end);
    if (read < 0) {
      ended = true;
      return false;
    }
    end += read;
    return true;
  }

  private void skipByteOrderMark() throws IOException {
    while (end - start < 3 && more()) {
      // Three bytes tell.
    }
    if (end - start >= 3
        && buffer[start] == (byte) 0xEF
        && buffer[start + 1] == (byte) 0xBB
        && buffer[start + 2] == (byte) 0xBF) {
      start += 3;
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
