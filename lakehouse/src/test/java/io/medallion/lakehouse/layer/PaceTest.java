package io.medallion.lakehouse.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
  @ParameterizedTest
  @CsvSource({
    "/var/lake, auto, 1250, 938, 50",
    "lake, auto, 1250, 938, 50",
    "file:/var/lake, auto, 1250, 938, 50",
    "file:///var/lake, auto, 1250, 938, 50",
    "s3a://bucket/lake, auto, 6250, 4688, 1250",
    "hdfs://names/lake, auto, 6250, 4688, 1250",
    "s3a://bucket/lake, 2s, 1250, 938, 250",
    "s3a://bucket/lake, 1s, 625, 469, 250",
    "/var/lake, 1m, 37500, 28125, 1500",
    "/var/lake, 0s, 0, 0, 10"
  })
  void layersWorkAsOftenAsTheAgeThatIsWantedAsks(
      String lake, String freshness, long interval, long least, long look) {
    Configuration configuration =
        Configuration.builder()
            .flag(Keys.LAKE_PATH.name(), lake)
            .flag(Keys.FRESHNESS.name(), freshness)
            .build();

    assertThat(Pace.interval(configuration)).isEqualTo(Duration.ofMillis(interval));
    assertThat(Pace.least(configuration)).isEqualTo(Duration.ofMillis(least));
    assertThat(Pace.look(configuration)).isEqualTo(Duration.ofMillis(look));
  }
}
