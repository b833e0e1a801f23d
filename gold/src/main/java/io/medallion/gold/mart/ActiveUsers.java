package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Distinct visitors of five minutes, every minute: exact, in any order of arrival.
 *
 * <p>Where the sets are not kept any more nothing can be added to a count: the hour is counted
 * again from silver.
 *
 * <p>A visitor's windows are kept as a bit each, 60 a row: an event sets the bits of the five
 * windows that it lies in. Merging is a union of bits, and what a merge adds to a window's count is
 * the number of visitors whose bit was not set before.
 */
public final class ActiveUsers implements Mart {
  private static final int WINDOWS_PER_EVENT = 5;

  /** How far before a time a window may start that holds it. */
  public static final long REACH = (WINDOWS_PER_EVENT - 1) * Windows.MINUTE;

  public static final String NAME = "active_users";

  private record Cell(long hour, UUID visitor) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of("hour", "visitor", "windows");
  }

  @Override
  public List<String> statements() {
    return List.of("defer", "touch", "count", "store");
  }

  @Override
  public List<String> tables() {
    return List.of(NAME, "active_user_sets");
  }

  @Override
  public List<String> passages() {
    return List.of("touched_active_users");
  }

  /**
   * Windows reach across the ends of a time: those of events near it are touched too. That a
   * neighbour's bits are set which are set already changes nothing.
   */
  @Override
  public boolean remakes(SilverEvent event, ReplacedRanges replaced) {
    return replaced.within(event.time(), REACH);
  }

  @Override
  public Accumulator accumulator(GoldSettings settings) {
    return new Sets();
  }

  private static final class Sets implements Accumulator {
    private final Map<Cell, Long> sets = new HashMap<>();
    private final Map<String, UUID> hashes = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      UUID visitor = hashes.computeIfAbsent(event.visitor(), Key::hash);
      long newest = Windows.start(event.time(), Windows.MINUTE);
      long oldest = newest - REACH;
      long hour = Windows.start(newest, Windows.HOUR);
      long hourBefore = Windows.start(oldest, Windows.HOUR);
      union(hour, visitor, bits(hour, Math.max(hour, oldest), newest));
      if (hourBefore != hour) {
        union(hourBefore, visitor, bits(hourBefore, oldest, hour - Windows.MINUTE));
      }
    }

    private void union(long hour, UUID visitor, long bits) {
      sets.merge(new Cell(hour, visitor), bits, (a, b) -> a | b);
    }

    /** One bit for each window from the first to the last, which start within the hour. */
    private static long bits(long hour, long first, long last) {
      int count = (int) ((last - first) / Windows.MINUTE) + 1;
      return ((1L << count) - 1) << ((first - hour) / Windows.MINUTE);
    }

    @Override
    public int size() {
      return sets.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      sets.forEach(
          (cell, bits) -> buffer.row(3).time(cell.hour()).uuid(cell.visitor()).bigint(bits));
      sets.clear();
      hashes.clear();
    }
  }
}
