package io.medallion.common.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {
  private final EventTime time = new EventTime();

  @ParameterizedTest
  @CsvSource({
    "2026-06-01T10:00:00Z, 2026-06-01T10:00:00Z",
    "2026-06-01t10:00:00z, 2026-06-01T10:00:00Z",
    "2026-06-01T10:00Z, 2026-06-01T10:00:00Z",
    "2026-06-01T10:00:00.1Z, 2026-06-01T10:00:00.100Z",
    "2026-06-01T10:00:00.123456Z, 2026-06-01T10:00:00.123456Z",
    "2026-06-01T10:00:00.123456999Z, 2026-06-01T10:00:00.123456Z",
    "2026-06-01T10:00:00+02:00, 2026-06-01T08:00:00Z",
    "2026-06-01T10:00:00-0530, 2026-06-01T15:30:00Z",
    "2026-06-01T10:00:00+02, 2026-06-01T08:00:00Z",
    "2026-06-01T10:00:00+02:00:30, 2026-06-01T07:59:30Z",
    "2026-06-01T10:00:00-00:00, 2026-06-01T10:00:00Z",
    "2026-06-01T10:00:00+18:00, 2026-05-31T16:00:00Z",
    "2019-10-01 00:00:00 UTC, 2019-10-01T00:00:00Z",
    "2019-10-01 00:00:00.5 UTC, 2019-10-01T00:00:00.500Z",
    "2019-10-01 00:00:00 GMT, 2019-10-01T00:00:00Z",
    "2019-10-01 00:00:00Z, 2019-10-01T00:00:00Z",
    "2019-10-01 00:00:00 Z, 2019-10-01T00:00:00Z",
    "2019-10-01 00:00:00 Zulu, 2019-10-01T00:00:00Z",
    "2019-10-01 00:00:00 +02:00, 2019-09-30T22:00:00Z",
    "2019-10-01 00:00:00 Europe/Berlin, 2019-09-30T22:00:00Z",
    "2019-12-01 00:00:00 Europe/Berlin, 2019-11-30T23:00:00Z",
    "2019-10-27 02:30:00 Europe/Berlin, 2019-10-27T00:30:00Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
    "2016-12-31T23:59:60Z, 2017-01-01T00:00:00Z",
    "2016-12-31T23:59:60.5Z, 2017-01-01T00:00:00.500Z",
    "2017-01-01T01:59:60+02:00, 2017-01-01T00:00:00Z",
    "2015-06-30T23:59:60Z, 2015-07-01T00:00:00Z"
  })
  void everyFormIsRead(String text, Instant instant) {
    assertThat(time.readText(text)).as(text).isTrue();
    assertThat(time.micros()).isEqualTo(micros(instant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "2026",
        "2026-06",
        "2026-6-01T10:00:00Z",
        "2026-06-01T",
        "2026-06-01T1:00:00Z",
        "2026-06-01T10:00:0Z",
        "2026-06-01T10:00:00.Z",
        "2026-06-01T10:00:00,5Z",
        "2026-06-01T10:00:00.1234567890Z",
        "2026-06-01T24:00:00Z",
        "2026-06-01T10:60:00Z",
        "2026-06-01T10:00:60Z",
        "2016-12-31T23:59:61Z",
        "2016-11-30T23:59:60Z",
        "2026-00-01T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "+12026-06-01T10:00:00Z",
        "-026-06-01T10:00:00Z",
        "2026-06-01T10:00:00Zx",
        "2026-06-01T10:00:00 ",
        "2026-06-01T10:00:00 Nowhere/Town",
        "2026-06-01T10:00:00 CST",
        "2026-06-01T10:00:00 CET",
        "2026-06-01T10:00:00 EET",
        "2026-06-01T10:00:00 EST",
        "2026-06-01T10:00:00 EST5EDT",
        "2026-06-01T10:00:00 GMT+2",
        "2026-06-01T10:00:00 UTC+02:00",
        "2026-06-01T10:00:00 Cuba",
        "2026-06-01T10:00:00+2",
        "2026-06-01T10:00:00+02:0",
        "2026-06-01T10:00:00+02:60",
        "2026-06-01T10:00:00+18:01",
        "2026-06-01T10:00:00+02:00:",
        "2026-06-01T10:00:00+0200:30",
        "2026-06-01T10:00:00+02:00[Europe/Berlin]",
        "2019-03-31 02:30:00 Europe/Berlin",
        "٢٠٢٦-06-01T10:00:00Z"
      })
  void everythingElseIsInvalid(String text) {
    assertThat(time.readText(text)).as(text).isFalse();
    assertThat(time.problem()).isEqualTo(ReasonCode.INVALID_TIMESTAMP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2026-06-01", "2026-06-01T10:00", "2026-06-01T10:00:00", "2026-06-01 10:00:00.5"})
  void withoutAZoneItIsNoMoment(String text) {
    assertThat(time.readText(text)).isFalse();
    assertThat(time.problem()).isEqualTo(ReasonCode.TIMESTAMP_WITHOUT_ZONE);
  }

  @Test
  void millisecondsAsStringAreToldSo() {
    assertThat(time.readText("1780315200000")).isFalse();
    assertThat(time.message()).contains("must be a number, not a string");
  }

  @ParameterizedTest
  @CsvSource({
    "315532800000, 315532800000000",
    "1780315200000, 1780315200000000",
    "1.7803152e12, 1780315200000000",
    "1780315200000.1239, 1780315200000123",
    "1780308000000.123456, 1780308000000123",
    "1780308000000.000000000000000000000000000001, 1780308000000000",
    "178030800000012345678901234567890e-20, 1780308000000123",
    "999999999999999, 999999999999999000"
  })
  void numbersAreMilliseconds(String number, long micros) {
    assertThat(time.readNumber(number)).isTrue();
    assertThat(time.micros()).isEqualTo(micros);
  }

  @ParameterizedTest
  @CsvSource({
    "315532799999, TIMESTAMP_EPOCH_SECONDS",
    "1780315200, TIMESTAMP_EPOCH_SECONDS",
    "0, TIMESTAMP_EPOCH_SECONDS",
    "-1780315200000, TIMESTAMP_EPOCH_SECONDS",
    "1000000000000000, INVALID_TIMESTAMP",
    "1e400, INVALID_TIMESTAMP",
    "1e99999999999999999999, INVALID_TIMESTAMP"
  })
  void numbersOutsideAreNot(String number, ReasonCode code) {
    assertThat(time.readNumber(number)).isFalse();
    assertThat(time.problem()).isEqualTo(code);
  }

  @Test
  void randomTimesAgreeWithTheJdk() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 20_000; i++) {
      long second = random.nextLong(-62_135_596_800L, 253_402_300_800L);
      LocalDateTime local = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
      String text = local.withNano(random.nextInt(1_000_000) * 1000) + "Z";
      assertThat(time.readText(text)).as(text).isTrue();
      assertThat(time.micros()).as(text).isEqualTo(micros(Instant.parse(text)));
    }
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
  }
}
