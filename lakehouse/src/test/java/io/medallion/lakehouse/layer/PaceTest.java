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
    "/var/lake, auto, 500",
    "lake, auto, 500",
    "file:/var/lake, auto, 500",
    "file:///var/lake, auto, 500",
    "s3a://bucket/lake, auto, 2500",
    "hdfs://names/lake, auto, 2500",
    "s3a://bucket/lake, 2s, 500",
    "/var/lake, 1m, 15000",
    "/var/lake, 0s, 0"
  })
  void aLayerLooksFourTimesInTheAgeThatIsWanted(String lake, String freshness, long millis) {
    Configuration configuration =
        Configuration.builder()
            .flag(Keys.LAKE_PATH.name(), lake)
            .flag(Keys.FRESHNESS.name(), freshness)
            .build();

    assertThat(Pace.interval(configuration)).isEqualTo(Duration.ofMillis(millis));
  }
}
