package io.medallion.lakehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LakeSessionTest {
  private static final Configuration NOTHING_SET = Configuration.builder().build();

  @Test
  void whatSparkSubmitSaysTakesThePlaceOfEachDefault() {
    Map<String, String> alone = LakeSession.settings(NOTHING_SET, key -> null);

    Map<String, String> submitted = LakeSession.settings(NOTHING_SET, key -> "said by a user");

    assertThat(alone)
        .hasSizeGreaterThan(25)
        .containsEntry("spark.master", "local[*]")
        .containsEntry("spark.ui.enabled", "false")
        .containsEntry("spark.ui.retainedJobs", "50");
    assertThat(submitted)
        .containsOnlyKeys(
            "spark.sql.extensions",
            "spark.sql.catalog.spark_catalog",
            "spark.sql.session.timeZone",
            "spark.delta.logStore.file.impl",
            "spark.delta.logStore.s3a.impl");
    // All writers of a lake publish alike, whatever a cluster's defaults are.
    assertThat(submitted)
        .containsEntry("spark.delta.logStore.s3a.impl", S3ConditionalWriteLogStore.class.getName());
  }

  @Test
  void whatAConfigurationSaysTakesThePlaceOfBoth() {
    Configuration configuration =
        Configuration.builder()
            .flag("spark.ui.enabled", "true")
            .flag("spark.ui.retainedJobs", "7")
            .build();

    assertThat(LakeSession.settings(configuration, Map.of("spark.ui.retainedJobs", "8")::get))
        .containsEntry("spark.ui.enabled", "true")
        .containsEntry("spark.ui.retainedJobs", "7");
  }

  @Test
  void theMasterIsTheOneThatSparkSubmitWentTo() {
    Configuration configuration = Configuration.builder().flag("spark.master", "local[2]").build();

    assertThat(
            LakeSession.settings(configuration, Map.of("spark.master", "spark://host:7077")::get))
        .doesNotContainKeys("spark.master", "spark.driver.host");
    assertThat(LakeSession.settings(configuration, key -> null))
        .containsEntry("spark.master", "local[2]")
        .containsEntry("spark.driver.host", "127.0.0.1");
  }

  @Test
  void aUsersExtensionsAreThereBesidesOurs() {
    assertThat(
            LakeSession.settings(NOTHING_SET, Map.of("spark.sql.extensions", "OwnExtension")::get)
                .get("spark.sql.extensions"))
        .startsWith("io.delta.sql.DeltaSparkSessionExtension,")
        .endsWith(",OwnExtension");
  }

  @Test
  void timesAreUtcWhateverAClusterSays() {
    assertThat(
            LakeSession.settings(
                NOTHING_SET, Map.of("spark.sql.session.timeZone", "Europe/Berlin")::get))
        .containsEntry("spark.sql.session.timeZone", "UTC");
  }
}
