package io.medallion.silver.parse;

import io.medallion.silver.dedup.CandidateBlock;
import io.medallion.silver.dedup.IdentityRule;
import java.io.Serializable;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;

/**
 * The parsed records of one partition of a chunk. What will be asked of them is noted as each
 * comes: to go through all of them again costs a tenth of parsing them, as they fit no processor's
 * cache.
 */
final class ParsedPartition implements Serializable {
  private static final long serialVersionUID = 1;

  private final RowBlock rows;
  private final CandidateBlock candidates;
  private final ParseStatistics statistics = new ParseStatistics();
  private final BitSet refused = new BitSet();

  /**
   * What the driver learns of a partition.
   *
   * @param candidates its good records, for deduplication
   * @param statistics of all its records
   */
  record Summary(CandidateBlock candidates, ParseStatistics statistics) implements Serializable {}

  private ParsedPartition(int number, ParsedSchema schema, IdentityRule identity) {
    this.rows = new RowBlock(schema.size());
    this.candidates = new CandidateBlock(number, identity);
  }

  /**
   * Takes in all of a partition.
   *
   * @param number of the partition
   * @param schema of the rows
   * @param identity what makes two of them one event
   * @param parsed the rows, each valid until the next
   */
  static ParsedPartition of(
      int number, ParsedSchema schema, IdentityRule identity, Iterator<UnsafeRow> parsed) {
    ParsedPartition block = new ParsedPartition(number, schema, identity);
    int reasons = schema.reasons();
    for (int place = 0; parsed.hasNext(); place++) {
      UnsafeRow row = parsed.next();
      block.rows.add(row);
      if (row.isNullAt(ParsedSchema.INDEX) || row.getInt(ParsedSchema.INDEX) == 0) {
        block.statistics.record();
      }
      if (row.isNullAt(reasons)) {
        block.candidates.add(place, row);
        block.statistics.good(row);
      } else {
        block.statistics.refused(row.getArray(reasons));
        block.refused.set(place);
      }
    }
    block.candidates.trim();
    return block;
  }

  /** What the driver learns of it. */
  Summary summary() {
    return new Summary(candidates, statistics);
  }

  /** Its number among the partitions of the batch. */
  int number() {
    return candidates.number();
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
