package io.medallion.silver.parse;

import io.medallion.common.event.UtcDay;
import io.medallion.silver.dedup.CandidateBlock;
import io.medallion.silver.dedup.IdentityRule;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import scala.Tuple2;

/**
 * Parsed records of one partition of a chunk, which has as many blocks as it has records for. What
 * will be asked of them is noted as each comes: to go through all of them again costs a tenth of
 * parsing them, as they fit no processor's cache.
 */
final class ParsedBlock implements Serializable {
  private static final long serialVersionUID = 1;

  /** Some 60 MB of usual events: what Spark moves between memory and disk at once. */
  static final int MOST_ROWS = 100_000;

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

  private ParsedBlock(long number, ParsedSchema schema, IdentityRule identity) {
    this.rows = new RowBlock(schema.size());
    this.candidates = new CandidateBlock(number, identity);
  }

  /**
   * Takes in all of a partition, block by block.
   *
   * @param partition its number
   * @param schema of the rows
   * @param identity what makes two of them one event
   * @param parsed the rows, each valid until the next
   */
  static Iterator<ParsedBlock> of(
      int partition, ParsedSchema schema, IdentityRule identity, Iterator<UnsafeRow> parsed) {
    return new Iterator<>() {
      private int blocks;

      @Override
      public boolean hasNext() {
        return parsed.hasNext();
      }

      @Override
      public ParsedBlock next() {
        long number = (long) partition << Integer.SIZE | blocks++;
        return new ParsedBlock(number, schema, identity).filled(schema.reasons(), parsed);
      }
    };
  }

  private ParsedBlock filled(int reasons, Iterator<UnsafeRow> parsed) {
    for (int place = 0; place < MOST_ROWS && parsed.hasNext(); place++) {
      UnsafeRow row = parsed.next();
      rows.add(row);
      if (row.isNullAt(ParsedSchema.INDEX) || row.getInt(ParsedSchema.INDEX) == 0) {
        statistics.record();
      }
      if (row.isNullAt(reasons)) {
        candidates.add(place, row);
        statistics.good(row);
      } else {
        statistics.refused(row.getArray(reasons));
        refused.set(place);
      }
    }
    candidates.trim();
    return this;
  }

  /** What the driver learns of it. */
  Summary summary() {
    return new Summary(candidates, statistics);
  }

  /** Its number among the blocks of the batch. */
  long number() {
    return candidates.number();
  }

  /** The number of the partition that a block is of. */
  static int partition(long number) {
    return (int) (number >>> Integer.SIZE);
  }

  /** The rows that break a rule, in the order in which they came; each is valid until the next. */
  Iterator<InternalRow> refused() {
    return rows.at(refused.stream().iterator());
  }

  /**
   * Some of the good rows, by event time; those with the same one as they came.
   *
   * @param kept their places
   * @param days which days they may be of, since 1970
   */
  RowsByTime.Run byTime(BitSet kept, IntPredicate days) {
    long[] all = candidates.times();
    int[] order =
        IntStream.range(0, candidates.size())
            .filter(c -> kept.get(candidates.index(c)) && days.test(UtcDay.of(all[c])))
            .boxed()
            .sorted(Comparator.comparingLong(candidate -> all[candidate]))
            .mapToInt(Integer::intValue)
            .toArray();
    long[] times = Arrays.stream(order).mapToLong(candidate -> all[candidate]).toArray();
    return new RowsByTime.Run(
        times, rows.at(Arrays.stream(order).map(candidates::index).iterator()));
  }

  /**
   * Those of some good rows that their partition's own task does not write, packed for those that
   * do.
   *
   * @param kept their places
   */
  Iterator<Tuple2<Integer, MovedRows>> moving(BitSet kept, FilePlan files) {
    int partition = partition(number());
    Map<Integer, MovedRows> moving = new TreeMap<>();
    RowsByTime.Run run = byTime(kept, day -> !files.stays(partition, day));
    for (long time : run.times()) {
      moving
          .computeIfAbsent(
              files.task(partition, UtcDay.of(time)), task -> new MovedRows(rows.fields()))
          .add(time, (UnsafeRow) run.rows().next());
    }
    moving.values().forEach(MovedRows::trim);
    return moving.entrySet().stream().map(e -> new Tuple2<>(e.getKey(), e.getValue())).iterator();
  }
}
