package io.medallion.silver.parse;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/** Rows on their way to the task that writes them, in the order of their times. */
final class MovedRows implements Serializable {
  private static final long serialVersionUID = 1;

  private final RowBlock rows;
  private long[] times = new long[1024];
  private int size;

  /** None yet, of so many fields each. */
  MovedRows(int fields) {
    this.rows = new RowBlock(fields);
  }

  /**
   * Takes in a copy of a row.
   *
   * @param time its own, not before that of the last
   */
  void add(long time, UnsafeRow row) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
    }
    times[size++] = time;
    rows.add(row);
  }

  /** Lets go of room for more. */
  void trim() {
    times = Arrays.copyOf(times, size);
    rows.trim();
  }

  RowsByTime.Run byTime() {
    return new RowsByTime.Run(times, rows.at(IntStream.range(0, size).iterator()));
  }
}
