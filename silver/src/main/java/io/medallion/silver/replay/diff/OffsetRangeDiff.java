package io.medallion.silver.replay.diff;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/** Rows of a stretch of positions as silver has them next to those that they become. */
final class OffsetRangeDiff implements Serializable {
  private static final long serialVersionUID = 1;

  /** In place of a row's number. */
  private static final int NONE = -1;

  /** In place of a day, if there is no row. */
  static final int NO_DAY = Integer.MIN_VALUE;

  private final Map<Days, Count> counts;
  private final OffsetRange gone;
  private final OffsetRange come;
  private final long[] touched;

  private OffsetRangeDiff(
      Map<Days, Count> counts, OffsetRange gone, OffsetRange come, long[] touched) {
    this.counts = counts;
    this.gone = gone;
    this.come = come;
    this.touched = touched;
  }

  /** Event days since 1970, or {@link #NO_DAY}. */
  record Days(int before, int after) implements Serializable {}

  /**
   * Some rows.
   *
   * @param rows how many they are
   * @param changed how many of them have another value in some column
   */
  record Count(long rows, long changed) implements Serializable {
    static Count plus(Count a, Count b) {
      return new Count(a.rows + b.rows, a.changed + b.changed);
    }
  }

  /** Compares. Where silver has a position twice, which is a fault, one of the two goes. */
  static OffsetRangeDiff of(
      OffsetRange.Key key, Iterable<OffsetRange> before, Iterable<OffsetRange> after) {
    OffsetRange was = OffsetRange.of(key, before);
    OffsetRange becomes = OffsetRange.of(key, after);
    OffsetRange gone = new OffsetRange(key);
    OffsetRange come = new OffsetRange(key);
    Set<Long> touched = new HashSet<>();
    Tally tally = new Tally();
    int[] rowAt = new int[OffsetRange.OFFSETS];
    Arrays.fill(rowAt, NONE);
    for (int row = 0; row < was.size(); row++) {
      int place = was.place(row);
      if (rowAt[place] != NONE) {
        gone.add(was, rowAt[place]);
      }
      rowAt[place] = row;
    }
    for (int row = 0; row < becomes.size(); row++) {
      int place = becomes.place(row);
      int old = rowAt[place];
      if (old == NONE) {
        come.add(becomes, row);
        touched.add(becomes.visitor(row));
        tally.add(NO_DAY, becomes.day(row), false);
      } else {
        tally.add(was.day(old), becomes.day(row), was.content(old) != becomes.content(row));
        if (was.ofWatched(old) != becomes.ofWatched(row)) {
          touched.add(was.visitor(old));
          touched.add(becomes.visitor(row));
        }
        rowAt[place] = NONE;
      }
    }
    Arrays.stream(rowAt).filter(row -> row != NONE).forEach(row -> gone.add(was, row));
    for (int row = 0; row < gone.size(); row++) {
      touched.add(gone.visitor(row));
      tally.add(gone.day(row), NO_DAY, false);
    }
    return new OffsetRangeDiff(
        tally.counts(),
        gone.trim(),
        come.trim(),
        touched.stream().mapToLong(Long::longValue).toArray());
  }

  /** How many rows there are, by the days on which they are before and after. */
  Map<Days, Count> counts() {
    return counts;
  }

  /** The rows that silver has and that are none any more. */
  OffsetRange gone() {
    return gone;
  }

  /** Those that it has not. */
  OffsetRange come() {
    return come;
  }

  /**
   * Hashes of the visitors of rows that are gone or come, and of those that differ in a watched
   * column; each once.
   */
  LongStream touched() {
    return Arrays.stream(touched);
  }

  /** Counts; rows that follow each other are mostly of the same days. */
  private static final class Tally {
    private final Map<Days, Count> counts = new HashMap<>();
    private int before = NO_DAY;
    private int after = NO_DAY;
    private long rows;
    private long changed;

    void add(int dayBefore, int dayAfter, boolean differs) {
      if (dayBefore != before || dayAfter != after) {
        note();
        before = dayBefore;
        after = dayAfter;
      }
      rows++;
      changed += differs ? 1 : 0;
    }

    private void note() {
      if (rows > 0) {
        counts.merge(new Days(before, after), new Count(rows, changed), Count::plus);
        rows = 0;
        changed = 0;
      }
    }

    Map<Days, Count> counts() {
      note();
      return counts;
    }
  }
}
