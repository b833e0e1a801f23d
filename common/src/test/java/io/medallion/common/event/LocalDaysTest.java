package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.contract.Place;
import io.medallion.common.contract.Site;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalDaysTest {
  @ParameterizedTest
  @CsvSource({
    // The day on which clocks in Berlin go forward has 23 hours, the one on which they go back 25.
    "Europe/Berlin,       2026-03-28T22:59:59.999999Z, 2026-03-28",
    "Europe/Berlin,       2026-03-28T23:00:00Z,        2026-03-29",
    "Europe/Berlin,       2026-03-29T21:59:59.999999Z, 2026-03-29",
    "Europe/Berlin,       2026-03-29T22:00:00Z,        2026-03-30",
    "Europe/Berlin,       2026-10-24T22:00:00Z,        2026-10-25",
    "Europe/Berlin,       2026-10-25T22:59:59.999999Z, 2026-10-25",
    "Europe/Berlin,       2026-10-25T23:00:00Z,        2026-10-26",
    "America/New_York,    2026-03-08T04:59:59.999999Z, 2026-03-07",
    "America/New_York,    2026-03-08T05:00:00Z,        2026-03-08",
    "America/New_York,    2026-03-09T03:59:59.999999Z, 2026-03-08",
    "America/New_York,    2026-03-09T04:00:00Z,        2026-03-09",
    // Zones that are half an hour and three quarters of one off, and one that changes by half an
    // hour.
    "Asia/Kolkata,        2026-06-01T18:29:59.999999Z, 2026-06-01",
    "Asia/Kolkata,        2026-06-01T18:30:00Z,        2026-06-02",
    "Asia/Kathmandu,      2026-06-01T18:14:59.999999Z, 2026-06-01",
    "Asia/Kathmandu,      2026-06-01T18:15:00Z,        2026-06-02",
    "Australia/Lord_Howe, 2026-04-04T12:59:59.999999Z, 2026-04-04",
    "Australia/Lord_Howe, 2026-04-04T13:00:00Z,        2026-04-05",
    "Australia/Lord_Howe, 2026-04-05T13:29:59.999999Z, 2026-04-05",
    "Australia/Lord_Howe, 2026-04-05T13:30:00Z,        2026-04-06",
    // A day that a country left out, and one before 1970.
    "Pacific/Apia,        2011-12-30T09:59:59.999999Z, 2011-12-29",
    "Pacific/Apia,        2011-12-30T10:00:00Z,        2011-12-31",
    "Asia/Kolkata,        1969-12-31T18:29:59.999999Z, 1969-12-31",
    "Asia/Kolkata,        1969-12-31T18:30:00Z,        1970-01-01",
    "+14:00,              2026-01-01T10:00:00Z,        2026-01-02",
    "-12:00,              2026-01-01T11:59:59.999999Z, 2025-12-31",
    "UTC,                 2026-01-01T00:00:00Z,        2026-01-01"
  })
  void aDayBeginsByTheClocksOfTheSite(String zone, Instant time, LocalDate day) {
    assertThat(days("s", zone).of("s", micros(time))).isEqualTo((int) day.toEpochDay());
  }

  @Test
  void aSiteThatNobodyDeclaresLivesInUtc() {
    LocalDays days = days("s", "Europe/Berlin");
    long lateEvening = micros(Instant.parse("2026-06-01T23:30:00Z"));

    assertThat(days.of("s", lateEvening)).isEqualTo((int) LocalDate.of(2026, 6, 2).toEpochDay());
    assertThat(days.of("t", lateEvening)).isEqualTo((int) LocalDate.of(2026, 6, 1).toEpochDay());
    assertThat(new LocalDays(List.of()).of("s", lateEvening))
        .isEqualTo((int) LocalDate.of(2026, 6, 1).toEpochDay());
  }

  /** What is remembered of a zone from one event to the next changes nothing. */
  @Test
  void timesInAnyOrderHaveTheDaysThatACalendarGives() {
    Random random = new Random(7);
    for (String zone : List.of("Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca")) {
      LocalDays days = days("s", zone);
      for (int i = 0; i < 20_000; i++) {
        long micros = random.nextLong(-5_000_000_000_000_000L, 5_000_000_000_000_000L);
        assertThat(days.of("s", micros))
            .as("%s %d", zone, micros)
            .isEqualTo(
                (int)
                    LocalDateTime.ofInstant(
                            Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneId.of(zone))
                        .toLocalDate()
                        .toEpochDay());
      }
    }
  }

  private static LocalDays days(String site, String zone) {
    return new LocalDays(List.of(new Site(site, ZoneId.of(zone), new Place(1, 1))));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
