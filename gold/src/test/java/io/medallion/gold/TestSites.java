package io.medallion.gold;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Sites of tests, which are called as the time zones that they are in. */
public final class TestSites {
  /** Some, half an hour and more off UTC. */
  static final List<String> SOME =
      List.of("Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC");

  private TestSites() {}

  /** In days since 1970. */
  static long localDay(String site, long time) {
    return Instant.EPOCH
        .plus(time, ChronoUnit.MICROS)
        .atZone(ZoneId.of(site))
        .toLocalDate()
        .toEpochDay();
  }
}
