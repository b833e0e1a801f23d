package io.medallion.silver.dedup;

import io.medallion.common.event.UtcDay;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** The candidates of a chunk, numbered from 0 on through its blocks. */
public final class Candidates {
  private final List<CandidateBlock> blocks;
  private final int[] starts;
  private final BitSet members;
  private final int end;
  private SortedHashSet hashes;

  private Candidates(List<CandidateBlock> blocks, BitSet members) {
    this.blocks = blocks;
    this.members = members;
    this.starts = new int[blocks.size()];
    int start = 0;
    for (int b = 0; b < starts.length; b++) {
      starts[b] = start;
      start += blocks.get(b).size();
    }
    this.end = start;
  }

  public static Candidates of(List<CandidateBlock> blocks) {
    BitSet all = new BitSet();
    all.set(0, blocks.stream().mapToInt(CandidateBlock::size).sum());
    return new Candidates(blocks, all);
  }

  /** Those of them that a test does not find; they keep their numbers. */
  public Candidates without(Predicate<Candidate> test) {
    BitSet left = new BitSet(end);
    members.stream().filter(number -> !test.test(get(number))).forEach(left::set);
    return new Candidates(blocks, left);
  }

  /** Those of them whose event time, microseconds since 1970, passes a test. */
  public Candidates at(LongPredicate times) {
    BitSet left = new BitSet(end);
    for (int b = 0; b < starts.length; b++) {
      long[] ofBlock = blocks.get(b).times();
      for (int i = 0; i < ofBlock.length; i++) {
        left.set(starts[b] + i, members.get(starts[b] + i) && times.test(ofBlock[i]));
      }
    }
    return new Candidates(blocks, left);
  }

  /** How many there are in the blocks, those that are none any more among them. */
  int size() {
    return end;
  }

  /** The numbers of the candidates; the caller does not change them. */
  public BitSet numbers() {
    return members;
  }

  /** A candidate with everything that decides about it. */
  Candidate get(int number) {
    int b = block(number);
    return blocks.get(b).get(number - starts[b]);
  }

  /** The hash of a candidate's identity. */
  long hash(int number) {
    int b = block(number);
    return blocks.get(b).hashes()[number - starts[b]];
  }

  /** The event times in ascending order, microseconds since 1970. */
  long[] sortedTimes() {
    long[] times = all(CandidateBlock::times);
    Arrays.parallelSort(times);
    return times;
  }

  /**
   * The different event times of those with one of some hashes, in ascending order, microseconds
   * since 1970.
   */
  long[] timesOf(SortedHashSet some) {
    return members.stream()
        .filter(number -> some.contains(hash(number)))
        .mapToLong(this::time)
        .sorted()
        .distinct()
        .toArray();
  }

  private long time(int number) {
    int b = block(number);
    return blocks.get(b).times()[number - starts[b]];
  }

  /** The hashes, equal ones as often as they occur. */
  SortedHashSet hashes() {
    if (hashes == null) {
      hashes = SortedHashSet.of(all(CandidateBlock::hashes));
    }
    return hashes;
  }

  /** A long of every member. */
  private long[] all(Function<CandidateBlock, long[]> values) {
    long[] all = new long[members.cardinality()];
    int next = 0;
    for (int b = 0; b < starts.length; b++) {
      long[] ofBlock = values.apply(blocks.get(b));
      for (int i = 0; i < ofBlock.length; i++) {
        if (members.get(starts[b] + i)) {
          all[next++] = ofBlock[i];
        }
      }
    }
    return all;
  }

  /** The hashes of some of them, of those with a time between two, both included. */
  long[] hashes(BitSet numbers, long fromMicros, long toMicros) {
    LongStream.Builder found = LongStream.builder();
    for (int b = 0; b < starts.length; b++) {
      long[] times = blocks.get(b).times();
      long[] hashes = blocks.get(b).hashes();
      for (int i = 0; i < times.length; i++) {
        if (times[i] >= fromMicros && times[i] <= toMicros && numbers.get(starts[b] + i)) {
          found.add(hashes[i]);
        }
      }
    }
    return found.build().toArray();
  }

  /** Where some of them are: for each block of the chunk the places of its records. */
  public Map<Long, BitSet> places(BitSet numbers) {
    Map<Long, BitSet> places = new HashMap<>();
    for (int b = 0; b < starts.length; b++) {
      CandidateBlock block = blocks.get(b);
      BitSet inBlock = new BitSet();
      int after = starts[b] + block.size();
      for (int n = numbers.nextSetBit(starts[b]); n >= 0 && n < after; ) {
        inBlock.set(block.index(n - starts[b]));
        n = numbers.nextSetBit(n + 1);
      }
      places.put(block.number(), inBlock);
    }
    return places;
  }

  /** Told how many candidates of one day one block has; of the same ones more than once. */
  @FunctionalInterface
  public interface DayCount {
    /**
     * Takes it in.
     *
     * @param block its number
     * @param day days since 1970
     * @param rows how many more
     */
    void add(long block, int day, long rows);
  }

  /** Counts some of them by block and day. */
  public void byDay(BitSet numbers, DayCount counts) {
    for (int b = 0; b < starts.length; b++) {
      CandidateBlock block = blocks.get(b);
      long[] times = block.times();
      int after = starts[b] + block.size();
      int day = 0;
      long rows = 0;
      for (int n = numbers.nextSetBit(starts[b]); n >= 0 && n < after; ) {
        int next = UtcDay.of(times[n - starts[b]]);
        if (next != day && rows > 0) {
          counts.add(block.number(), day, rows);
          rows = 0;
        }
        day = next;
        rows++;
        n = numbers.nextSetBit(n + 1);
      }
      if (rows > 0) {
        counts.add(block.number(), day, rows);
      }
    }
  }

  /** A block with candidates comes after all that are empty at the same start. */
  private int block(int number) {
    int found = Arrays.binarySearch(starts, number);
    if (found < 0) {
      return -found - 2;
    }
    while (found + 1 < starts.length && starts[found + 1] == number) {
      found++;
    }
    return found;
  }
}
