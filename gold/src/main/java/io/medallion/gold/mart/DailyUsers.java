package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import io.medallion.gold.postgres.SqlFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who came on which day: daily, weekly and monthly active, new and returning visitors. */
final class DailyUsers extends EventMart {
  @Override
  public String name() {
    return "daily_users";
  }

  @Override
  public List<String> columns() {
    return List.of("site", "day", "visitor");
  }

  @Override
  public List<SqlFile> statements() {
    return files("merge", "periods", "first");
  }

  @Override
  public List<SqlFile> removals() {
    return files("remove", "removed");
  }

  @Override
  public List<SqlFile> resolutions() {
    return resolutionsByVisitor();
  }

  @Override
  public List<SqlFile> moves() {
    return files("move", "removed", "moved");
  }

  @Override
  public List<SqlFile> prunings() {
    return List.of();
  }

  @Override
  public List<String> tables() {
    return List.of("gold.daily_users", "gold.new_users", "gold.period_users");
  }

  @Override
  public List<String> passages() {
    return List.of("changed_daily_users");
  }

  @Override
  public List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges.stream()
        .map(
            range ->
                new TimeRange(
                    Windows.start(range.since() - Windows.FARTHEST_CLOCK, Windows.DAY)
                        - Windows.FARTHEST_CLOCK,
                    Windows.start(range.until() - 1 + Windows.FARTHEST_CLOCK, Windows.DAY)
                        + Windows.DAY
                        + Windows.FARTHEST_CLOCK))
        .toList();
  }

  /** A day of some site's is made again if an event of it may lie in the times. */
  @Override
  boolean remakes(SilverEvent event, ReplacedRanges replaced) {
    long day = event.localDay() * Windows.DAY;
    return replaced.touches(
        day - Windows.FARTHEST_CLOCK, day + Windows.DAY + Windows.FARTHEST_CLOCK);
  }

  @Override
  boolean addsBeside(SilverEvent event, ReplacedRanges replaced) {
    return !remakes(event, replaced);
  }

  @Override
  Accumulator accumulator(GoldSettings settings) {
    return new Visitors();
  }

  private static final class Visitors implements Accumulator {
    private final Map<SiteVisitor, Set<Long>> days = new HashMap<>();
    private int size;

    @Override
    public void add(SilverEvent event) {
      if (days.computeIfAbsent(SiteVisitor.of(event), v -> new HashSet<>(2))
          .add(event.localDay())) {
        size++;
      }
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      days.forEach(
          (visitor, own) -> {
            String key = Key.of(visitor.visitor());
            own.forEach(day -> buffer.row(3).text(visitor.site()).day(day).text(key));
          });
      days.clear();
      size = 0;
    }
  }
}
