package io.medallion.silver;

import java.io.Serializable;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * The judged records of one partition of a chunk. What will be asked of them is noted as each
 * comes: to go through all of them again costs a tenth of judging them, as they fit no processor's
 * cache.
 */
final class JudgedBlock implements Serializable {
  private static final long serialVersionUID = 1;

  private final RowBlock rows = new RowBlock(JudgedColumns.SCHEMA.length());
  private final CandidateBlock candidates;
  private final BitSet refused = new BitSet();

  private JudgedBlock(int number) {
    this.candidates = new CandidateBlock(number);
  }

  /**
   * Takes in all of a partition.
   *
   * @param number of the partition
   * @param judged rows of {@link JudgedColumns#SCHEMA}, each valid until the next
   */
  static JudgedBlock of(int number, Iterator<UnsafeRow> judged) {
    JudgedBlock block = new JudgedBlock(number);
    for (int place = 0; judged.hasNext(); place++) {
      UnsafeRow row = judged.next();
      block.rows.add(row);
      if (row.isNullAt(JudgedColumns.REASONS)) {
        block.candidates.good(place, row);
      } else {
        block.candidates.refused(row);
        block.refused.set(place);
      }
    }
    block.candidates.trim();
    return block;
  }

  /** What the driver is told of them. */
  CandidateBlock candidates() {
    return candidates;
  }

  /** The rows that break a rule, in the order in which they came; each is valid until the next. */
  Iterator<InternalRow> refused() {
    return rows.at(refused.stream().iterator());
  }

  /**
   * Some of the good rows, by event time; those with the same one as they came. Each is valid until
   * the next.
   *
   * @param kept their places
   */
  Iterator<InternalRow> events(BitSet kept) {
    long[] times = candidates.times();
    Iterator<Integer> byTime =
        IntStream.range(0, candidates.size())
            .filter(candidate -> kept.get(candidates.index(candidate)))
            .boxed()
            .sorted(Comparator.comparingLong(candidate -> times[candidate]))
            .map(candidates::index)
            .iterator();
    return rows.at(byTime);
  }
}
