package io.medallion.gold;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.source.SilverHistory;
import java.util.List;

/** Silver as of a version, which hands out nothing that it was not asked for. */
record PlainSilver(List<SilverRow> events) implements SilverHistory {
  @Override
  public String tableId() {
    return Fixtures.TABLE;
  }

  @Override
  public List<Chunk> snapshot(long version) {
    return chunks(events);
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
        () -> TestSpark.silver(TestSpark.session(), events.subList(0, half)),
        () -> TestSpark.silver(TestSpark.session(), events.subList(half, events.size())));
  }
}
