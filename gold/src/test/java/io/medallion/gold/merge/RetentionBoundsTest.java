package io.medallion.gold.merge;

import static io.medallion.gold.merge.RetentionBounds.EVERYTHING;
import static io.medallion.gold.merge.RetentionBounds.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.gold.mart.GoldSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionBoundsTest {
  private static final long HOURS = 3_600_000_000L;
  private static final long DAYS = 24 * HOURS;
  private static final long UNLIMITED = GoldSettings.UNLIMITED;

  @ParameterizedTest
  @CsvSource({
    "2026-03-10T00:00:00Z, 2026-03-03T00:00:00Z",
    "2026-03-10T12:34:56Z, 2026-03-03T00:00:00Z",
    "2026-03-10T23:59:59.999999Z, 2026-03-03T00:00:00Z",
    "2026-03-11T00:00:00Z, 2026-03-04T00:00:00Z"
  })
  void rowsAreKeptFromTheBeginningOfADay(Instant newest, Instant kept) {
    RetentionBounds bounds = EVERYTHING.raised(new Retention(7 * DAYS, UNLIMITED), micros(newest));

    assertThat(bounds.rows()).isEqualTo(micros(kept));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-10T12:59:59.999999Z, 2026-03-10T10:00:00Z",
    "2026-03-10T13:00:00Z, 2026-03-10T11:00:00Z"
  })
  void setsAreKeptFromTheBeginningOfAnHour(Instant newest, Instant kept) {
    RetentionBounds bounds = EVERYTHING.raised(new Retention(UNLIMITED, 2 * HOURS), micros(newest));

    assertThat(bounds).isEqualTo(new RetentionBounds(NONE, micros(kept)));
  }

  @Test
  void setsAreNeverKeptLongerThanRows() {
    long newest = micros(Instant.parse("2026-03-10T12:00:00Z"));
    long day = micros(Instant.parse("2026-03-09T00:00:00Z"));

    assertThat(EVERYTHING.raised(new Retention(DAYS, UNLIMITED), newest))
        .isEqualTo(new RetentionBounds(day, day));
    assertThat(EVERYTHING.raised(new Retention(DAYS, 40 * HOURS), newest))
        .isEqualTo(new RetentionBounds(day, day));
    assertThat(EVERYTHING.raised(new Retention(DAYS, 35 * HOURS), newest))
        .isEqualTo(new RetentionBounds(day, day + HOURS));
  }

  @Test
  void everythingIsKeptWithoutALimit() {
    assertThat(EVERYTHING.raised(Retention.UNLIMITED, 10 * DAYS)).isEqualTo(EVERYTHING);
  }

  @Test
  void boundsNeitherFallByAnotherSettingNorByAnOlderEvent() {
    RetentionBounds kept = new RetentionBounds(10 * DAYS, 10 * DAYS + 5 * HOURS);

    assertThat(kept.raised(Retention.UNLIMITED, 20 * DAYS)).isEqualTo(kept);
    assertThat(kept.raised(new Retention(DAYS, 2 * HOURS), 10 * DAYS)).isEqualTo(kept);
    assertThat(kept.raised(new Retention(DAYS, 2 * HOURS), NONE)).isEqualTo(kept);
    assertThat(kept.raised(new Retention(DAYS, 2 * HOURS), 12 * DAYS))
        .isEqualTo(new RetentionBounds(11 * DAYS, 11 * DAYS + 22 * HOURS));
  }

  @Test
  void aBoundBefore1970IsTheBeginningOfItsDay() {
    assertThat(EVERYTHING.raised(new Retention(DAYS, DAYS), DAYS - 1))
        .isEqualTo(new RetentionBounds(-DAYS, -HOURS));
  }

  @Test
  void postgresReadsABoundAsATime() {
    assertThat(RetentionBounds.text(NONE)).isEqualTo("-infinity");
    assertThat(RetentionBounds.text(0)).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(RetentionBounds.text(micros(Instant.parse("2026-03-10T12:00:00.000001Z"))))
        .isEqualTo("2026-03-10T12:00:00.000001Z");
    assertThat(RetentionBounds.text(-1)).isEqualTo("1969-12-31T23:59:59.999999Z");
  }

  @Test
  void retentionIsReadFromTheSettings() {
    Configuration configuration =
        Configuration.builder()
            .flag("gold.retention", "90d")
            .flag("gold.active-user-sets.retention", "1500ms")
            .build();

    assertThat(Retention.from(configuration)).isEqualTo(new Retention(90 * DAYS, 1_500_000));
    assertThat(Retention.from(Configuration.builder().build()))
        .isEqualTo(new Retention(Long.MAX_VALUE, Long.MAX_VALUE));
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
