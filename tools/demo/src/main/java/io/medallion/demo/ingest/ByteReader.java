package io.medallion.demo.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Arrays;

/**
 * Bytes as characters, one for one, for a parser that knows characters alone. What the parser has
 * taken stays here from a place that is moved on, so that its bytes can be had, and taken again.
 *
 * <p>Behind the last byte come a line end, if there is none, and a line with {@link #GUARD}: a
 * record that holds the guard has run over the end of the file.
 */
final class ByteReader extends Reader {
  /** No byte is this character. */
  static final char GUARD = '\uE000';

  private static final int CHUNK = 1 << 15;

  private final InputStream in;
  private final int limit;
  private byte[] kept = new byte[2 * CHUNK];
  private int start;
  private int next;
  private int end;
  private long startAt;
  private String behind;
  private int behindNext;
  private boolean isOverlong;
  private IOException failure;

  /**
   * @param limit the most bytes that are kept for one record
   */
  ByteReader(InputStream in, int limit) {
    this.in = in;
    this.limit = limit;
  }

  /** Where the record at hand begins, in bytes from the first. */
  long startAt() {
    return startAt;
  }

  /** How many bytes are kept from there on. */
  int available() {
    return end - start;
  }

  /** Whether the record at hand has more bytes than are kept. */
  boolean isOverlong() {
    return isOverlong;
  }

  /** Whether the last byte of all is kept or was. */
  boolean isAtEnd() {
    return behind != null;
  }

  /** Kept bytes from the start of the record at hand. */
  byte[] bytes(int length) {
    return Arrays.copyOfRange(kept, start, start + length);
  }

  /** How many line ends are in so many bytes from the start. */
  int lineEnds(int length) {
    int count = 0;
    for (int i = start; i < start + length && i < end; i++) {
      count += kept[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  /** Whether the last of so many bytes from the start is this one. */
  boolean endsWith(int length, char last) {
    return length > 0 && length <= available() && kept[start + length - 1] == last;
  }

  /**
   * How many bytes it is from the start to the first line end from there on, reading on for it as
   * far as a record may go; -1 without one.
   */
  int lineEndBehind(int from) throws IOException {
    int found = lineEnd(from);
    while (found < 0 && available() <= limit && fill()) {
      found = lineEnd(from);
    }
    return found;
  }

  /** The same among the bytes that are kept. */
  int lineEnd(int from) {
    for (int i = start + Math.max(0, from); i < end; i++) {
      if (kept[i] == '\n') {
        return i - start;
      }
    }
    return -1;
  }

  /** The record at hand ends after so many bytes. */
  void pass(int bytes) {
    int passed = Math.min(bytes, available());
    start += passed;
    startAt += passed;
  }

  /** The parser begins again at the start of the record at hand. */
  void rewind() {
    next = start;
    behindNext = 0;
    isOverlong = false;
  }

  /** Passes the rest of a line, whatever its length, and returns that. */
  long passLine() throws IOException {
    long length = 0;
    while (true) {
      int found = lineEnd(0);
      if (found >= 0) {
        pass(found + 1);
        return length + found;
      }
      length += available();
      pass(available());
      if (!fill()) {
        return length;
      }
    }
  }

  /** What reading ended with; null if nothing did. */
  IOException failure() {
    return failure;
  }

  @Override
  public int read(char[] characters, int offset, int length) throws IOException {
    if (next == end && behind == null) {
      if (available() > limit) {
        isOverlong = true;
        throw new IOException("the record is too long");
      }
      if (!fill()) {
        behind = (available() > 0 && kept[end - 1] != '\n' ? "\n" : "") + GUARD + "\n";
      }
    }
    if (next < end) {
      int count = Math.min(length, end - next);
      for (int i = 0; i < count; i++) {
        characters[offset + i] = (char) (kept[next + i] & 0xFF);
      }
      next += count;
      return count;
    }
    int count = Math.min(length, behind.length() - behindNext);
    behind.getChars(behindNext, behindNext + count, characters, offset);
    behindNext += count;
    return count == 0 ? -1 : count;
  }

  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(kept, start, kept, 0, end - start);
      next -= start;
      end -= start;
      start = 0;
    }
    if (kept.length - end < CHUNK) {
      kept = Arrays.copyOf(kept, kept.length * 2);
    }
    try {
      int read = in.read(kept, end, CHUNK);
      end += Math.max(0, read);
      return read > 0;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void close() {
    // The file closes what it opened.
  }
}
