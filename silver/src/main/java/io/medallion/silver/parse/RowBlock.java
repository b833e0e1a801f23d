package io.medallion.silver.parse;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/**
 * Rows of Spark's compact form, one behind the other in a few large arrays. A chunk kept as an
 * object a row costs the garbage collector more than the parsing of it.
 *
 * <p>A row lies here as it is, but without the eight bytes of each field that is null, as many of
 * an event's are.
 */
final class RowBlock implements Serializable {
  private static final long serialVersionUID = 1;

  /** The first page; each further one is twice as large, so that a live batch takes little. */
  private static final int LEAST_PAGE_BYTES = 1 << 16;

  /** Below what a collector with regions of a megabyte treats as an object too large for one. */
  private static final int MOST_PAGE_BYTES = 1 << 18;

  /** Where the bytes of an array begin, for Spark's ways around its bounds. */
  private static final long ARRAY = Platform.BYTE_ARRAY_OFFSET;

  private final int fields;
  private final int bitsBytes;
  private final List<byte[]> pages = new ArrayList<>();
  private int[] pageOf = new int[1024];
  private int[] startOf = new int[1024];
  private int[] endOf = new int[1024];
  private int rows;
  private int pageBytes = LEAST_PAGE_BYTES;
  private int used;

  /** An empty one, for rows that have so many fields. */
  RowBlock(int fields) {
    this.fields = fields;
    this.bitsBytes = UnsafeRow.calculateBitSetWidthInBytes(fields);
  }

  /** Takes in a copy of a row. */
  void add(UnsafeRow row) {
    byte[] page = pageFor(row.getSizeInBytes());
    if (rows == pageOf.length) {
      pageOf = Arrays.copyOf(pageOf, rows * 2);
      startOf = Arrays.copyOf(startOf, rows * 2);
      endOf = Arrays.copyOf(endOf, rows * 2);
    }
    pageOf[rows] = pages.size() - 1;
    startOf[rows] = used;
    used = pack(row, page, used);
    endOf[rows] = used;
    rows++;
  }

  /** How many fields a row has. */
  int fields() {
    return fields;
  }

  /** Lets go of room for more rows, before it is sent away. */
  void trim() {
    pageOf = Arrays.copyOf(pageOf, rows);
    startOf = Arrays.copyOf(startOf, rows);
    endOf = Arrays.copyOf(endOf, rows);
    if (rows > 0) {
      pages.set(pages.size() - 1, Arrays.copyOf(pages.get(pages.size() - 1), used));
    }
  }

  /** The last page, if there is room for a row without nulls in it, or a new one. */
  private byte[] pageFor(int rowBytes) {
    if (pages.isEmpty() || used + rowBytes > pages.get(pages.size() - 1).length) {
      pages.add(new byte[Math.max(rowBytes, pageBytes)]);
      pageBytes = Math.min(MOST_PAGE_BYTES, pageBytes * 2);
      used = 0;
    }
    return pages.get(pages.size() - 1);
  }

  /** Where the row ends in its page. */
  private int pack(UnsafeRow row, byte[] page, int start) {
    Object from = row.getBaseObject();
    long bits = row.getBaseOffset();
    long slots = bits + bitsBytes;
    Platform.copyMemory(from, bits, page, ARRAY + start, bitsBytes);
    long to = ARRAY + start + bitsBytes;
    for (int first = 0; first < fields; first += Long.SIZE) {
      for (long present = present(Platform.getLong(from, bits + first / Byte.SIZE), first);
          present != 0;
          present &= present - 1) {
        int field = first + Long.numberOfTrailingZeros(present);
        Platform.putLong(page, to, Platform.getLong(from, slots + (long) field * Long.BYTES));
        to += Long.BYTES;
      }
    }
    long fixedBytes = bitsBytes + (long) fields * Long.BYTES;
    long rest = row.getSizeInBytes() - fixedBytes;
    Platform.copyMemory(from, bits + fixedBytes, page, to, rest);
    return (int) (to + rest - ARRAY);
  }

  /** The fields with a value among the up to 64 from one on, a bit each. */
  private long present(long nulls, int first) {
    int count = Math.min(Long.SIZE, fields - first);
    return ~nulls & -1L >>> (Long.SIZE - count);
  }

  /**
   * The rows at some places, which count from 0 on in the order in which they came. Each is one and
   * the same object over the same bytes, valid until the next.
   *
   * @param places in the order in which the rows are wanted
   */
  Iterator<InternalRow> at(Iterator<Integer> places) {
    Unpacked unpacked = new Unpacked();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return places.hasNext();
      }

      @Override
      public InternalRow next() {
        return unpacked.row(places.next());
      }
    };
  }

  /** A row as it was, one at a time. */
  private final class Unpacked {
    private final UnsafeRow row = new UnsafeRow(fields);
    private final int fixedBytes = bitsBytes + fields * Long.BYTES;
    private byte[] bytes = new byte[fixedBytes * 4];

    UnsafeRow row(int place) {
      byte[] page = pages.get(pageOf[place]);
      long from = ARRAY + startOf[place];
      long slots = ARRAY + bitsBytes;
      Arrays.fill(bytes, bitsBytes, fixedBytes, (byte) 0);
      Platform.copyMemory(page, from, bytes, ARRAY, bitsBytes);
      long packed = from + bitsBytes;
      for (int first = 0; first < fields; first += Long.SIZE) {
        for (long present = present(Platform.getLong(page, from + first / Byte.SIZE), first);
            present != 0;
            present &= present - 1) {
          int field = first + Long.numberOfTrailingZeros(present);
          Platform.putLong(
              bytes, slots + (long) field * Long.BYTES, Platform.getLong(page, packed));
          packed += Long.BYTES;
        }
      }
      int rest = (int) (ARRAY + endOf[place] - packed);
      if (fixedBytes + rest > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(fixedBytes + rest, bytes.length * 2));
      }
      System.arraycopy(page, (int) (packed - ARRAY), bytes, fixedBytes, rest);
      row.pointTo(bytes, fixedBytes + rest);
      return row;
    }
  }
}
