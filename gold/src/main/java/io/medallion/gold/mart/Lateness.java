package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How late the events of each hour came, those included that count in no other mart: lateness is
 * the record's Kafka time less its event time.
 */
final class Lateness implements Mart {
  private static final long SECOND = 1_000_000L;

  /** Up to how late an event is counted in each column. */
  private static final long[] BOUNDS = {
    10 * SECOND, Windows.MINUTE, 2 * Windows.MINUTE, 10 * Windows.MINUTE, Windows.HOUR, Windows.DAY
  };

  private static final class Hour {
    private long events;
    private final long[] within = new long[BOUNDS.length];
    private long greatest = Long.MIN_VALUE;

    void count(long lateness) {
      events++;
      greatest = Math.max(greatest, lateness);
      for (int i = 0; i < BOUNDS.length; i++) {
        within[i] += lateness <= BOUNDS[i] ? 1 : 0;
      }
    }
  }

  @Override
  public String name() {
    return "lateness";
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of(
        "hour",
        "events",
        "within_10s",
        "within_1m",
        "within_2m",
        "within_10m",
        "within_1h",
        "within_1d",
        "greatest_micros");
  }

  @Override
  public List<String> statements() {
    return List.of("merge");
  }

  @Override
  public List<String> prunings() {
    return List.of();
  }

  @Override
  public List<String> tables() {
    return List.of("lateness");
  }

  @Override
  public Accumulator accumulator(GoldSettings settings) {
    return new Hours();
  }

  private static final class Hours implements Accumulator {
    private final Map<Long, Hour> hours = new HashMap<>();

    @Override
    public void add(SilverEvent event) {
      hours
          .computeIfAbsent(Windows.start(event.time(), Windows.HOUR), h -> new Hour())
          .count(event.latenessMicros());
    }

    @Override
    public void leaveOut(SilverEvent event) {
      add(event);
    }

    @Override
    public int size() {
      return hours.size();
    }

    @Override
    public void drainTo(CopyBuffer buffer) {
      hours.forEach(
          (start, hour) -> {
            buffer.row(3 + BOUNDS.length).time(start).bigint(hour.events);
            for (long count : hour.within) {
              buffer.bigint(count);
            }
            buffer.bigint(hour.greatest);
          });
      hours.clear();
    }
  }
}
