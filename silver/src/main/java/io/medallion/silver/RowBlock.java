package io.medallion.silver;

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
 * <p>An iterator points one and the same row object at row after row: each is valid until the next.
 */
final class RowBlock implements Serializable {
  private static final long serialVersionUID = 1;

  /** The first page; each further one is twice as large, so that a live batch takes little. */
  private static final int LEAST_PAGE_BYTES = 1 << 16;

  /** Below what a collector with regions of a megabyte treats as an object too large for one. */
  private static final int MOST_PAGE_BYTES = 1 << 18;

  private final int fields;
  private final List<byte[]> pages = new ArrayList<>();
  private int[] pageOf = new int[1024];
  private int[] startOf = new int[1024];
  private int[] sizeOf = new int[1024];
  private int rows;
  private int pageBytes = LEAST_PAGE_BYTES;
  private int used;

  /** An empty one, for rows that have so many fields. */
  RowBlock(int fields) {
    this.fields = fields;
  }

  /** Takes in a copy of a row. */
  void add(UnsafeRow row) {
    int size = row.getSizeInBytes();
    if (pages.isEmpty() || used + size > pages.get(pages.size() - 1).length) {
      pages.add(new byte[Math.max(size, pageBytes)]);
      pageBytes = Math.min(MOST_PAGE_BYTES, pageBytes * 2);
      used = 0;
    }
    if (rows == pageOf.length) {
      pageOf = Arrays.copyOf(pageOf, rows * 2);
      startOf = Arrays.copyOf(startOf, rows * 2);
      sizeOf = Arrays.copyOf(sizeOf, rows * 2);
    }
    int page = pages.size() - 1;
    row.writeToMemory(pages.get(page), Platform.BYTE_ARRAY_OFFSET + used);
    pageOf[rows] = page;
    startOf[rows] = used;
    sizeOf[rows] = size;
    used += size;
    rows++;
  }

  /**
   * The rows at some places, which count from 0 on in the order in which they came.
   *
   * @param places in the order in which the rows are wanted
   */
  Iterator<InternalRow> at(Iterator<Integer> places) {
    UnsafeRow row = new UnsafeRow(fields);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return places.hasNext();
      }

      @Override
      public InternalRow next() {
        return point(row, places.next());
      }
    };
  }

  private UnsafeRow point(UnsafeRow row, int index) {
    row.pointTo(
        pages.get(pageOf[index]), Platform.BYTE_ARRAY_OFFSET + startOf[index], sizeOf[index]);
    return row;
  }
}
