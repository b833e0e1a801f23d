package io.medallion.silver.parse;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.sql.catalyst.InternalRow;

/** Rows of several runs, each in the order of its times, in the order of all times. */
final class RowsByTime implements Iterator<InternalRow> {
  /** Some rows. */
  static final class Run {
    private final long[] times;
    private final Iterator<InternalRow> rows;

    /**
     * @param times of each row, microseconds since 1970, in ascending order; not copied
     * @param rows each valid until the next
     */
    Run(long[] times, Iterator<InternalRow> rows) {
      this.times = times;
      this.rows = rows;
    }

    /** The caller does not change them. */
    long[] times() {
      return times;
    }

    /** To be gone through once. */
    Iterator<InternalRow> rows() {
      return rows;
    }
  }

  private static final class Cursor {
    private final Run run;
    private final int number;
    private int next;

    Cursor(Run run, int number) {
      this.run = run;
      this.number = number;
    }

    long time() {
      return run.times()[next];
    }

    boolean atEnd() {
      return next == run.times().length;
    }
  }

  private final PriorityQueue<Cursor> cursors;

  private RowsByTime(List<Run> runs) {
    this.cursors =
        new PriorityQueue<>(
            Comparator.comparingLong(Cursor::time).thenComparingInt(cursor -> cursor.number));
    for (Run run : runs) {
      if (run.times().length > 0) {
        cursors.add(new Cursor(run, cursors.size()));
      }
    }
  }

  /** Each row is valid until the next; of the same time those of an earlier run come first. */
  static Iterator<InternalRow> of(List<Run> runs) {
    return runs.size() == 1 ? runs.get(0).rows() : new RowsByTime(runs);
  }

  @Override
  public boolean hasNext() {
    return !cursors.isEmpty();
  }

  @Override
  public InternalRow next() {
    Cursor first = cursors.remove();
    InternalRow row = first.run.rows().next();
    first.next++;
    if (!first.atEnd()) {
      cursors.add(first);
    }
    return row;
  }
}
