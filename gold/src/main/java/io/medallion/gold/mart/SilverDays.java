package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of silver's rows of each event day: the ledger's counts by day, so that a day can be
 * made again.
 */
public final class SilverDays extends EventMart {
  public static final String NAME = "silver_days";

  SilverDays(String schema) {
    super(schema);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> columns() {
    return List.of("day", "silver_rows", "bots", "late_dropped", "newest_event", "newest_kafka");
  }

  @Override
  public List<SqlFile> statements() {
    return files("merge");
  }

  @Override
  public List<SqlFile> prunings() {
    return List.of();
  }

  @Override
  Accumulator accumulator(GoldSettings settings) {
    return new Days(settings);
  }

  private static final class Days implements Accumulator {
    private final GoldSettings settings;
    private final Map<Long, Counts> days = new HashMap<>();

    Days(GoldSettings settings) {
      this.settings = settings;
    }

    @Override
    public void add(SilverEvent event) {
      count(event);
    }

    @Override
    public void leaveOut(SilverEvent event) {
      count(event);
    }

    private void count(SilverEvent event) {
      long day = Windows.start(event.time(), Windows.DAY);
      days.computeIfAbsent(day, d -> new Counts()).admit(event, settings);
    }

    @Override
    public int size() {
      return days.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      days.forEach(
          (day, counts) ->
              buffer
                  .row(6)
                  .time(day)
                  .bigint(counts.rows())
                  .bigint(counts.bots())
                  .bigint(counts.lateDropped())
                  .time(counts.newestEvent())
                  .time(counts.newestKafka()));
      days.clear();
    }
  }
}
