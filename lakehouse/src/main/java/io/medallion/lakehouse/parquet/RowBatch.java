package io.medallion.lakehouse.parquet;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.unsafe.Platform;

/** Copies of rows that wait to be written together, one behind the other in one array. */
final class RowBatch {
  /** Of common rows few enough to stay in a core's own cache while column after column is read. */
  private static final int MOST_BYTES = 1 << 18;

  private static final int LEAST_BYTES = 1 << 14;

  private final UnsafeRow[] rows;
  private byte[] bytes = new byte[LEAST_BYTES];
  private int size;
  private int used;

  /**
   * An empty one.
   *
   * @param most rows
   */
  RowBatch(int most) {
    rows = new UnsafeRow[most];
  }

  /** Whether another row of so many bytes may be added; any may be to an empty one. */
  boolean hasRoom(int rowBytes) {
    return size == 0 || (size < rows.length && used + rowBytes <= MOST_BYTES);
  }

  /** Adds a copy of a row; all have as many fields. */
  void add(UnsafeRow row) {
    if (rows[size] == null) {
      rows[size] = new UnsafeRow(row.numFields());
    }
    int rowBytes = row.getSizeInBytes();
    if (used + rowBytes > bytes.length) {
      move(Arrays.copyOf(bytes, Math.max(used + rowBytes, bytes.length * 2)));
    }
    Platform.copyMemory(
        row.getBaseObject(),
        row.getBaseOffset(),
        bytes,
        Platform.BYTE_ARRAY_OFFSET + used,
        rowBytes);
    rows[size++].pointTo(bytes, Platform.BYTE_ARRAY_OFFSET + used, rowBytes);
    used += rowBytes;
  }

  private void move(byte[] larger) {
    bytes = larger;
    for (int row = 0; row < size; row++) {
      rows[row].pointTo(bytes, rows[row].getBaseOffset(), rows[row].getSizeInBytes());
    }
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** One of them, from 0 on; valid until the batch is emptied or added to. */
  UnsafeRow row(int number) {
    return rows[number];
  }

  /** Forgets all of them. */
  void empty() {
    size = 0;
    used = 0;
  }
}
