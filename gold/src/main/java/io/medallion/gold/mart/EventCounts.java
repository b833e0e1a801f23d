package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How many events of each type came from each country in each minute. */
final class EventCounts implements Mart {
  private record Cell(long window, String type, String country) {}

  @Override
  public String name() {
    return "event_counts";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of("window_start", "event_type", "country", "events");
  }

  @Override
  public List<String> statements() {
    return List.of("merge");
  }

  @Override
  public List<String> tables() {
    return List.of("event_counts");
  }

  @Override
  public Accumulator accumulator(GoldSettings settings) {
    return new Events();
  }

  private static final class Events implements Accumulator {
    private final Map<Cell, Long> events = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      long window = Windows.start(event.time(), Windows.MINUTE);
      Cell cell = new Cell(window, Key.of(event.type()), Key.of(event.country()));
      events.merge(cell, 1L, Long::sum);
    }

    @Override
    public int size() {
      return events.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      events.forEach(
          (cell, count) ->
              buffer
                  .row(4)
                  .time(cell.window())
                  .text(cell.type())
                  .text(cell.country())
                  .bigint(count));
      events.clear();
    }
  }
}
