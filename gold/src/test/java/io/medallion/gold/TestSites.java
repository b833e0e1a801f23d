package io.medallion.gold;

import io.medallion.gold.mart.SilverEvent;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Of which site an event of a test is, and on which day it happens by the clocks there. */
final class TestSites {
  private static final List<String> ZONES =
      List.of("Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC");

  private TestSites() {}

  static String site(SilverEvent event) {
    return ZONES.get(Math.floorMod(event.id().hashCode(), ZONES.size()));
  }

  /** In days since 1970. */
  static int localDay(SilverEvent event) {
    return (int)
        Instant.EPOCH
            .plus(event.time(), ChronoUnit.MICROS)
            .atZone(ZoneId.of(site(event)))
            .toLocalDate()
            .toEpochDay();
  }
}
