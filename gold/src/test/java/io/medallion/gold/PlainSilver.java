package io.medallion.gold;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.source.SilverHistory;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Silver as of a version, which hands out nothing that it was not asked for. */
record PlainSilver(List<SilverRow> events, String tableId) implements SilverHistory {
  PlainSilver(List<SilverRow> events) {
    this(events, Fixtures.TABLE);
  }

  /** As one file. */
  record Part(List<SilverRow> events) implements Chunk {
    @Override
    public int files() {
      return 1;
    }

    @Override
    public Dataset<Row> rows() {
      return TestSpark.silver(TestSpark.session(), events);
    }
  }

  @Override
  public List<Chunk> snapshot(long version, int after) {
    List<Chunk> chunks = chunks(events);
    return chunks.subList(after, chunks.size());
  }

  @Override
  public boolean holds(long version, int after) {
    return true;
  }

  @Override
  public List<Chunk> during(long version, List<TimeRange> ranges) {
    return chunks(
        events.stream().filter(e -> ranges.stream().anyMatch(r -> r.holds(e.time()))).toList());
  }

  /** Two, so that each is merged with what the other has left. */
  static List<Chunk> chunks(List<SilverRow> events) {
    int half = events.size() / 2;
    return List.of(
        new Part(events.subList(0, half)), new Part(events.subList(half, events.size())));
  }
}
