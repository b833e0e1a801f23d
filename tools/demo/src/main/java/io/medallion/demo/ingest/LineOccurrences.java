package io.medallion.demo.ingest;

import java.util.Arrays;

/**
 * Says how often a line has been seen in a file, in bounded memory.
 *
 * <p>Lines are told apart by a 64-bit hash. The first four million different lines are counted
 * exactly (96 MiB at most). Any further ones are counted by a count-min sketch (32 MiB), which may
 * say too much, never too little: the numbers of one line still rise from each time to the next,
 * and are the same whenever the same file is read. Ids made from a line and its number are
 * therefore different within a file, and the same in a second ingest of it.
 */
final class LineOccurrences {
  private static final int MOST_EXACT = 1 << 22;
  private static final int FIRST_SLOTS = 1 << 12;
  private static final int SKETCH_BITS = 22;

  private final int mostExact;
  private long[] hashes = new long[FIRST_SLOTS];
  private int[] counts = new int[FIRST_SLOTS];
  private int used;
  private int[][] sketch;

  LineOccurrences() {
    this(MOST_EXACT);
  }

  LineOccurrences(int mostExact) {
    this.mostExact = mostExact;
  }

  /** Counts a line and returns its number, from 1. */
  int next(long hash) {
    int slot = slot(hash);
    if (counts[slot] > 0) {
      return ++counts[slot];
    }
    if (used >= mostExact) {
      return nextInSketch(hash);
    }
    hashes[slot] = hash;
    counts[slot] = 1;
    used++;
    if (used > hashes.length / 2) {
      grow();
    }
    return 1;
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int slot = (int) (hash >>> 32) & mask;
    while (counts[slot] > 0 && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldCounts = counts;
    hashes = new long[oldHashes.length * 2];
    counts = new int[oldCounts.length * 2];
    for (int i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] > 0) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        counts[slot] = oldCounts[i];
      }
    }
  }

  private int nextInSketch(long hash) {
    if (sketch == null) {
      sketch = new int[2][1 << SKETCH_BITS];
    }
    int mask = (1 << SKETCH_BITS) - 1;
    int first = ++sketch[0][(int) hash & mask];
    int second = ++sketch[1][(int) (hash >>> SKETCH_BITS) & mask];
    return Math.min(first, second);
  }

  /** For tests: how many lines are counted exactly. */
  int exact() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }
}
