package io.medallion.silver.replay.diff;

import io.medallion.silver.source.RowPosition;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Some rows of neighbouring positions in Kafka, whose offsets share all but their last 16 bits: of
 * each its offset, event day and sequence number, and hashes of its {@link RowContent} and its
 * visitor. In 38 bytes a row, so that many millions can be brought together.
 */
public final class OffsetRange implements Serializable {
  private static final long serialVersionUID = 1;

  /** How many offsets may be in one. */
  static final int OFFSETS = 1 << Character.SIZE;

  private static final int LEAST_ROWS = 16;

  /**
   * Which positions.
   *
   * @param number of the stretch in its partition: the offset without its last bits
   * @param index the place of each event in its record: those of one place are together, so that
   *     records that are one event each make no more stretches than if there were no others
   */
  record Key(int sourceEpoch, String topic, int partition, long number, int index)
      implements Serializable {}

  private final Key key;
  private char[] offsets = new char[LEAST_ROWS];
  private int[] days = new int[LEAST_ROWS];
  private long[] seqs = new long[LEAST_ROWS];
  private long[] contents = new long[LEAST_ROWS];
  private long[] watched = new long[LEAST_ROWS];
  private long[] visitors = new long[LEAST_ROWS];
  private int size;

  OffsetRange(Key key) {
    this.key = key;
  }

  /** All rows of some stretches with the same key. */
  static OffsetRange of(Key key, Iterable<OffsetRange> parts) {
    OffsetRange all = new OffsetRange(key);
    for (OffsetRange part : parts) {
      for (int row = 0; row < part.size; row++) {
        all.add(part, row);
      }
    }
    return all;
  }

  Key key() {
    return key;
  }

  int size() {
    return size;
  }

  /** Which stretch of its partition an offset is in. */
  static long number(long offset) {
    return offset >> Character.SIZE;
  }

  /**
   * Takes in a row.
   *
   * @param day its event day, since 1970
   * @param content hash of all columns
   * @param ofWatched hash of those that somebody watches
   * @param visitor hash of the visitor
   */
  void add(long offset, int day, long seq, long content, long ofWatched, long visitor) {
    if (size == offsets.length) {
      resize(Math.max(LEAST_ROWS, size * 2));
    }
    offsets[size] = (char) offset;
    days[size] = day;
    seqs[size] = seq;
    contents[size] = content;
    watched[size] = ofWatched;
    visitors[size] = visitor;
    size++;
  }

  /** Takes in a row of another stretch with the same key. */
  void add(OffsetRange other, int row) {
    add(
        other.offsets[row],
        other.days[row],
        other.seqs[row],
        other.contents[row],
        other.watched[row],
        other.visitors[row]);
  }

  /** Lets go of room that no row takes. */
  OffsetRange trim() {
    resize(size);
    return this;
  }

  private void resize(int rows) {
    offsets = Arrays.copyOf(offsets, rows);
    days = Arrays.copyOf(days, rows);
    seqs = Arrays.copyOf(seqs, rows);
    contents = Arrays.copyOf(contents, rows);
    watched = Arrays.copyOf(watched, rows);
    visitors = Arrays.copyOf(visitors, rows);
  }

  /** What of an offset is its own within the stretch. */
  int place(int row) {
    return offsets[row];
  }

  /** The event day of a row, since 1970. */
  int day(int row) {
    return days[row];
  }

  /** The hash of all columns of a row. */
  long content(int row) {
    return contents[row];
  }

  /** The hash of those that somebody watches. */
  long ofWatched(int row) {
    return watched[row];
  }

  /** The hash of its visitor. */
  long visitor(int row) {
    return visitors[row];
  }

  /** Rows of {@link RowPosition#WITH_SEQ}. */
  Iterator<InternalRow> positions() {
    UTF8String topic = UTF8String.fromString(key.topic());
    return IntStream.range(0, size)
        .<InternalRow>mapToObj(
            row ->
                new GenericInternalRow(
                    new Object[] {
                      key.number() << Character.SIZE | offsets[row],
                      key.partition(),
                      topic,
                      key.sourceEpoch(),
                      key.index(),
                      seqs[row]
                    }))
        .iterator();
  }
}
