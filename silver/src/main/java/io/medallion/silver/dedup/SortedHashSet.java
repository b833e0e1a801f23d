package io.medallion.silver.dedup;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Many hashes, to be asked which others are among them.
 *
 * <p>A search among a million goes through twenty places of memory, of which most lie in no cache.
 * A bit map comes first: it answers for nine of ten hashes that are not here with one look.
 */
final class SortedHashSet implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int BITS_A_HASH = 16;

  private final long[] sorted;
  private final long[] bits;

  private SortedHashSet(long[] sorted) {
    this.sorted = sorted;
    long words = Math.max(1, (long) sorted.length * BITS_A_HASH / Long.SIZE);
    this.bits = new long[(int) Long.highestOneBit(words)];
    for (long hash : sorted) {
      bits[word(hash)] |= 1L << hash;
    }
  }

  /**
   * Takes over hashes, whose bits have to be spread evenly.
   *
   * @param hashes in any order, which becomes the ascending one; equal ones may be there
   */
  static SortedHashSet of(long[] hashes) {
    Arrays.parallelSort(hashes);
    return new SortedHashSet(hashes);
  }

  /** The lowest bits say which bit of the word, those above them which word. */
  private int word(long hash) {
    return (int) (hash >>> Long.numberOfTrailingZeros(Long.SIZE)) & (bits.length - 1);
  }

  /** Whether a hash is among them. */
  boolean contains(long hash) {
    return (bits[word(hash)] >>> hash & 1) != 0 && Arrays.binarySearch(sorted, hash) >= 0;
  }

  /** How many there are, equal ones as often as they came. */
  int size() {
    return sorted.length;
  }

  /** One of them, in ascending order from 0 on. */
  long get(int place) {
    return sorted[place];
  }
}
