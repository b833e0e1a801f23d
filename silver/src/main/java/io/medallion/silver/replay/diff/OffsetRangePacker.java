package io.medallion.silver.replay.diff;

import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.lakehouse.spark.SparkInternals;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.BiConsumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;

/** Packs rows of silver into stretches. Used by one thread. */
public final class OffsetRangePacker {
  private static final int EPOCH = column(SilverColumns.SOURCE_EPOCH);
  private static final int TOPIC = column(SilverColumns.TOPIC);
  private static final int PARTITION = column(SilverColumns.PARTITION);
  private static final int OFFSET = column(SilverColumns.OFFSET);
  private static final int INDEX = column(SilverColumns.EVENT_INDEX);
  private static final int SEQ = column(SilverColumns.COMMIT_SEQ);
  private static final int VISITOR = column(SilverColumns.VISITOR);

  /** Handed on together: 10 MiB. Where rows are in no order, more would make fewer stretches. */
  private static final int MOST_ROWS = 1 << 18;

  /** So many have room for few rows more than they hold. */
  private static final int MOST_OPEN = 4_096;

  /** Rows of some partitions lie in turns. */
  private static final int LAST_MET = 64;

  private final Map<OffsetRange.Key, OffsetRange> open = new HashMap<>();
  private final OffsetRange[] lastMet = new OffsetRange[LAST_MET];
  private final UTF8String[] topics = new UTF8String[LAST_MET];
  private final RowContent content;
  private final int day;
  private int rows;

  private OffsetRangePacker(StructType columns, List<String> watched) {
    this.content = new RowContent(columns, watched);
    this.day = columns.fieldIndex(SilverColumns.EVENT_DATE);
  }

  private static int column(String name) {
    return TableDefinition.SILVER.schema().fieldIndex(name);
  }

  /**
   * Those of some rows, with silver's columns and perhaps others behind them.
   *
   * @param columns silver's
   * @param watched the columns that have a hash of their own
   */
  public static JavaRDD<OffsetRange> of(
      JavaRDD<InternalRow> rows, StructType columns, List<String> watched) {
    return rows.mapPartitions(all -> packed(all, columns, watched));
  }

  /** The same, of the rows of a task; each is valid until the next. */
  static Iterator<OffsetRange> packed(
      Iterator<InternalRow> rows, StructType columns, List<String> watched) {
    return packed(rows, columns, watched, OffsetRangePacker::add);
  }

  /** Those of some of silver's rows, with all its columns in their order. */
  public static JavaRDD<OffsetRange> of(
      Dataset<Row> silver, StructType columns, List<String> watched) {
    return InternalRowDatasets.batchesOfFiles(silver)
        .map(
            files ->
                files.mapPartitions(
                    all -> packed(all, columns, watched, OffsetRangePacker::addAll)))
        .orElseGet(() -> of(InternalRowDatasets.of(silver), columns, watched));
  }

  private static <T> Iterator<OffsetRange> packed(
      Iterator<T> input,
      StructType columns,
      List<String> watched,
      BiConsumer<OffsetRangePacker, T> add) {
    OffsetRangePacker packer = new OffsetRangePacker(columns, watched);
    Queue<OffsetRange> ready = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && input.hasNext()) {
          add.accept(packer, input.next());
          if (packer.isFull() || !input.hasNext()) {
            packer.moveTo(ready);
          }
        }
        return !ready.isEmpty();
      }

      @Override
      public OffsetRange next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.remove();
      }
    };
  }

  private void addAll(ColumnarBatch batch) {
    content.take(batch);
    for (int row = 0; row < batch.numRows(); row++) {
      add(batch.getRow(row), row);
    }
  }

  private void add(InternalRow row) {
    content.take(row);
    add(row, 0);
  }

  private void add(InternalRow row, int taken) {
    long offset = row.getLong(OFFSET);
    offsetRange(row, OffsetRange.number(offset))
        .add(
            offset,
            row.getInt(day),
            row.getLong(SEQ),
            content.all(taken),
            content.ofWatched(taken),
            visitorHash(row));
    rows++;
  }

  /** That of {@code xxhash64} in Spark's SQL, which gives the seed for null. */
  private static long visitorHash(InternalRow row) {
    return row.isNullAt(VISITOR)
        ? SparkInternals.XXHASH64_SEED
        : SparkInternals.xxHash64(row.getUTF8String(VISITOR), SparkInternals.XXHASH64_SEED);
  }

  private OffsetRange offsetRange(InternalRow row, long number) {
    int epoch = row.getInt(EPOCH);
    int partition = row.getInt(PARTITION);
    int index = row.isNullAt(INDEX) ? 0 : row.getInt(INDEX);
    UTF8String topic = row.getUTF8String(TOPIC);
    int place = (int) ((number * 31 + partition) * 31 + index) & (LAST_MET - 1);
    OffsetRange last = lastMet[place];
    if (last != null
        && last.key().number() == number
        && last.key().partition() == partition
        && last.key().index() == index
        && last.key().sourceEpoch() == epoch
        && topic.equals(topics[place])) {
      return last;
    }
    OffsetRange.Key key = new OffsetRange.Key(epoch, topic.toString(), partition, number, index);
    topics[place] = topic.copy();
    lastMet[place] = open.computeIfAbsent(key, OffsetRange::new);
    return lastMet[place];
  }

  private boolean isFull() {
    return rows >= MOST_ROWS || open.size() >= MOST_OPEN;
  }

  private void moveTo(Queue<OffsetRange> ready) {
    open.values().forEach(offsetRange -> ready.add(offsetRange.trim()));
    open.clear();
    Arrays.fill(lastMet, null);
    rows = 0;
  }
}
