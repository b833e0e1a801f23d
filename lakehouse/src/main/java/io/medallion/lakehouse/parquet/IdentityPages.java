package io.medallion.lakehouse.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.PositionedReadable;

/**
 * The {@linkplain IdentityHash hashes} of a file's rows, eight bytes each, in the order of the rows
 * and in pages, each with its range of times. They lie in the file itself, before Parquet's footer,
 * where nobody looks who does not know of them, so that they come and go with it.
 *
 * <p>Whoever looks for a few identities reads the directory of pages and the pages of their times:
 * of a file in the order of time, four kilobytes each. What is read bears checksums, so that bytes
 * that went bad never make a copy look new.
 */
public final class IdentityPages {
  /** A page takes 4 KiB: less would cost a read of its own all the same. */
  static final int ROWS = 512;

  private static final int MAGIC = 0x4D49_5031;
  private static final int ENTRY_BYTES = 2 * Long.BYTES + Integer.BYTES;
  private static final int FRAME_BYTES = 3 * Integer.BYTES;

  /**
   * Where they are in a file.
   *
   * @param offset of the directory, bytes
   * @param rows how many the file has
   */
  public record Place(long offset, int rows) {
    private int pages() {
      return (rows + ROWS - 1) / ROWS;
    }

    private int directoryBytes() {
      return FRAME_BYTES + pages() * ENTRY_BYTES;
    }

    String encode() {
      return offset + "," + rows;
    }

    /** Reads such a text; empty if it is none. */
    public static Optional<Place> parse(String text) {
      String[] parts = text.split(",", -1);
      try {
        Place place = new Place(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
        return Optional.of(place).filter(p -> p.offset > 0 && p.rows > 0 && parts.length == 2);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        return Optional.empty();
      }
    }
  }

  private final Place place;
  private final long[] from;
  private final long[] to;
  private final int[] checksums;

  private IdentityPages(Place place, long[] from, long[] to, int[] checksums) {
    this.place = place;
    this.from = from;
    this.to = to;
    this.checksums = checksums;
  }

  /**
   * Reads the directory.
   *
   * @throws IOException if it cannot be read, or is not what was written
   */
  static IdentityPages read(PositionedReadable file, Place place) throws IOException {
    byte[] bytes = new byte[place.directoryBytes()];
    file.readFully(place.offset(), bytes);
    ByteBuffer directory = ByteBuffer.wrap(bytes);
    int covered = bytes.length - Integer.BYTES;
    if (directory.getInt() != MAGIC
        || directory.getInt() != place.rows()
        || directory.getInt(covered) != checksum(bytes, 0, covered)) {
      throw new IOException("there is no directory of identities at " + place.offset());
    }
    int pages = place.pages();
    IdentityPages read = new IdentityPages(place, new long[pages], new long[pages], new int[pages]);
    for (int page = 0; page < pages; page++) {
      read.from[page] = directory.getLong();
      read.to[page] = directory.getLong();
      read.checksums[page] = directory.getInt();
    }
    return read;
  }

  /** How many pages there are. */
  public int size() {
    return from.length;
  }

  /** How many hashes a page has. */
  public int rows(int page) {
    return Math.min(ROWS, place.rows() - page * ROWS);
  }

  /**
   * The pages that may hold one of some times, or one near it.
   *
   * @param times microseconds in ascending order
   * @param reach how far from a time is near, microseconds
   */
  public BitSet withAny(long[] times, long reach) {
    BitSet found = new BitSet();
    int first = 0;
    for (int page = 0; page < from.length; page++) {
      // Of rows in the order of time each page begins where the one before ends.
      if (page > 0 && from[page] < from[page - 1]) {
        first = 0;
      }
      if (first < times.length && times[first] < from[page] - reach) {
        first = TimeSpans.firstFrom(times, first, from[page] - reach);
      }
      found.set(page, first < times.length && times[first] <= to[page] + reach);
    }
    return found;
  }

  /**
   * Reads pages that lie side by side, at once.
   *
   * @param first the first of them
   * @param count how many
   * @return the hashes of each
   * @throws IOException if they cannot be read, or are not what was written
   */
  long[][] read(PositionedReadable file, int first, int count) throws IOException {
    int rows = 0;
    for (int page = first; page < first + count; page++) {
      rows += rows(page);
    }
    byte[] bytes = new byte[rows * Long.BYTES];
    long start = place.offset() + place.directoryBytes() + (long) first * ROWS * Long.BYTES;
    file.readFully(start, bytes);
    long[][] hashes = new long[count][];
    int at = 0;
    for (int i = 0; i < count; i++) {
      hashes[i] = new long[rows(first + i)];
      int length = hashes[i].length * Long.BYTES;
      if (checksum(bytes, at, length) != checksums[first + i]) {
        throw new IOException(
            "page %d of the identities at %d is damaged".formatted(first + i, place.offset()));
      }
      ByteBuffer.wrap(bytes, at, length).asLongBuffer().get(hashes[i]);
      at += length;
    }
    return hashes;
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }

  /** Pages in the making. */
  static final class Builder {
    private ByteBuffer hashes = ByteBuffer.allocate(ROWS * Long.BYTES);
    private ByteBuffer entries = ByteBuffer.allocate(16 * ENTRY_BYTES);
    private long from = Long.MAX_VALUE;
    private long to = Long.MIN_VALUE;
    private int rows;

    /**
     * Adds a row.
     *
     * @param hash of its identity
     * @param time microseconds
     */
    void add(long hash, long time) {
      hashes = withRoom(hashes, Long.BYTES);
      hashes.putLong(hash);
      from = Math.min(from, time);
      to = Math.max(to, time);
      if (++rows % ROWS == 0) {
        endPage();
      }
    }

    private void endPage() {
      int pageRows = (rows - 1) % ROWS + 1;
      int start = hashes.position() - pageRows * Long.BYTES;
      entries = withRoom(entries, ENTRY_BYTES);
      entries
          .putLong(from)
          .putLong(to)
          .putInt(checksum(hashes.array(), start, pageRows * Long.BYTES));
      from = Long.MAX_VALUE;
      to = Long.MIN_VALUE;
    }

    private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
      return buffer.remaining() >= bytes
          ? buffer
          : ByteBuffer.allocate(buffer.capacity() * 2).put(buffer.flip());
    }

    /** How many rows there are. */
    int rows() {
      return rows;
    }

    /** What is to be written: the directory and the pages. */
    byte[] build() {
      if (rows % ROWS != 0) {
        endPage();
      }
      byte[] bytes = new byte[FRAME_BYTES + entries.position() + hashes.position()];
      ByteBuffer whole = ByteBuffer.wrap(bytes);
      whole.putInt(MAGIC).putInt(rows).put(entries.flip());
      whole.putInt(checksum(bytes, 0, whole.position())).put(hashes.flip());
      return bytes;
    }
  }
}
