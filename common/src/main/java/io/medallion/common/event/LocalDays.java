package io.medallion.common.event;

import io.medallion.common.contract.Site;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Days by the clocks of sites, counted since 1970, of times in microseconds since then. Sites that
 * are not declared live in UTC. Not thread-safe.
 */
final class LocalDays {
  private static final long MICROS_PER_SECOND = 1_000_000L;

  private final Map<String, Clock> clocks = new HashMap<>();

  LocalDays(List<Site> sites) {
    sites.forEach(site -> clocks.put(site.name(), new Clock(site.zone())));
  }

  /** The day of a time, which may lie before 1970. */
  int of(String site, long micros) {
    Clock clock = clocks.isEmpty() ? null : clocks.get(site);
    return UtcDay.of(clock == null ? micros : micros + clock.aheadOfUtc(micros));
  }

  /**
   * A zone, and what it is ahead of UTC between two of its changes: most events are between the
   * same two as the one before, and need no look at the zone's rules.
   */
  private static final class Clock {
    private final ZoneRules rules;
    private long since = Long.MAX_VALUE;
    private long until = Long.MIN_VALUE;
    private long ahead;

    Clock(ZoneId zone) {
      this.rules = zone.getRules();
    }

    /** In microseconds. */
    long aheadOfUtc(long micros) {
      if (micros < since || micros >= until) {
        look(micros);
      }
      return ahead;
    }

    private void look(long micros) {
      Instant second = Instant.ofEpochSecond(Math.floorDiv(micros, MICROS_PER_SECOND));
      // A change counts from its own second on, and the one before lies strictly before.
      ZoneOffsetTransition last = rules.previousTransition(second.plusNanos(1));
      ZoneOffsetTransition next = rules.nextTransition(second);
      since = last == null ? Long.MIN_VALUE : last.toEpochSecond() * MICROS_PER_SECOND;
      until = next == null ? Long.MAX_VALUE : next.toEpochSecond() * MICROS_PER_SECOND;
      ahead = rules.getOffset(second).getTotalSeconds() * MICROS_PER_SECOND;
    }
  }
}
