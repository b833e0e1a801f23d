package io.medallion.demo.ingest;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A buffered stream that knows how many of its bytes were taken. */
final class PlacedInput extends BufferedInputStream {
  private static final int BUFFER = 1 << 16;

  private final Counting below;

  PlacedInput(InputStream in) {
    this(new Counting(in));
  }

  private PlacedInput(Counting below) {
    super(below, BUFFER);
    this.below = below;
  }

  /** Where the next byte stands, from 0. */
  synchronized long position() {
    return below.count - (count - pos);
  }

  /** The first bytes, or all if there are fewer, without taking them. */
  byte[] peek(int bytes) throws IOException {
    mark(bytes);
    byte[] peeked = readNBytes(bytes);
    reset();
    return peeked;
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
