package io.medallion.gold;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.source.SilverHistory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Silver in some files, and how often each was read. */
final class SilverFiles implements SilverHistory {
  static final int FILES = 9;

  private final List<List<SilverRow>> files;
  private final List<AtomicInteger> reads;
  private final String table;
  private boolean gone;

  SilverFiles(List<SilverRow> events, String table) {
    int size = events.size() / FILES;
    this.files =
        IntStream.range(0, FILES).mapToObj(n -> events.subList(n * size, (n + 1) * size)).toList();
    this.reads = IntStream.range(0, FILES).mapToObj(n -> new AtomicInteger()).toList();
    this.table = table;
  }

  @Override
  public String tableId() {
    return table;
  }

  @Override
  public List<Chunk> snapshot(long version, int after) {
    return IntStream.range(after, FILES).mapToObj(this::chunk).toList();
  }

  private Chunk chunk(int file) {
    return new Chunk() {
      @Override
      public int files() {
        return 1;
      }

      @Override
      public Dataset<Row> rows() {
        reads.get(file).incrementAndGet();
        return TestSpark.silver(TestSpark.session(), files.get(file));
      }
    };
  }

  @Override
  public boolean holds(long version, int after) {
    return !gone;
  }

  @Override
  public List<Chunk> during(long version, List<TimeRange> ranges) {
    throw new AssertionError("nothing is to be read again");
  }

  /** Whether versions that were begun cannot be read any more. */
  void setGone(boolean gone) {
    this.gone = gone;
  }

  List<SilverRow> events() {
    return files.stream().flatMap(List::stream).toList();
  }

  /** How often each of the first files was read. */
  List<Integer> readsOf(int first) {
    return reads.stream().limit(first).map(AtomicInteger::get).toList();
  }
}
