package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import io.medallion.operations.query.Query;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far back a table can be asked, beside the maintenance that removes what is older. */
@Tag("full")
class TimeTravelIT {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final int COMMITS = 5;
  private static final int ROWS = 40;
  private static final Duration WINDOW = Duration.ofDays(7);
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;
  private SparkSession spark;
  private Configuration configuration;
  private Lake lake;

  @BeforeEach
  void start() {
    configuration =
        Configuration.builder()
            .flag("spark.master", "local[2]")
            .flag("lake.path", folder.resolve("lake").toString())
            .flag("maintenance.partition-idle-time", "1s")
            .build();
    spark = LakeSession.create("TimeTravelIT", configuration);
    BatchProfile.LOW_LATENCY.apply(spark);
    lake = Lake.open(spark, configuration);
  }

  @AfterEach
  void stop() {
    spark.stop();
  }

  @Test
  void everyVersionOfTheWindowIsAsItWasAndWhatIsOlderGoes() throws Exception {
    List<Long> versions = new ArrayList<>();
    for (int commit = 0; commit < COMMITS; commit++) {
      land(commit);
      versions.add(bronze().version());
    }
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
    maintain(Instant.now().plus(Duration.ofMinutes(1)));
    long compacted = bronze().version();
    bronze().checkpoint();
    Instant replaced = Instant.now();
    assertThat(compacted).isEqualTo(versions.get(COMMITS - 1) + 1);

    // It knows by now which files it will read.
    Dataset<Row> begun = new Query(lake, configuration).rows(asOf(versions.get(2)));
    assertThat(begun.queryExecution().executedPlan()).isNotNull();
    MaintenanceReport within = maintain(replaced.plus(WINDOW).minus(HOUR));

    assertThat(ofBronze(within).removed().files()).isZero();
    assertThat(begun.collectAsList().stream().map(row -> row.getString(0)))
        .containsExactlyInAnyOrderElementsOf(landed(3));
    for (int commit = 0; commit < COMMITS; commit++) {
      assertThat(told(versions.get(commit))).as("commit %d", commit).isEqualTo(landed(commit + 1));
    }
    assertThat(told(compacted)).isEqualTo(landed(COMMITS));

    MaintenanceReport behind = maintain(replaced.plus(WINDOW).plus(HOUR));

    assertThat(ofBronze(behind).removed().files()).isGreaterThanOrEqualTo(COMMITS);
    assertThat(dataFiles()).isEqualTo(bronze().filesAt(compacted).size());
    assertThat(told(compacted)).isEqualTo(landed(COMMITS));
    assertThatThrownBy(() -> told(versions.get(2)));
  }

  /** What a user of {@code medallion query} is told of a version. */
  private List<String> told(long version) {
    return new Query(lake, configuration)
        .rows(asOf(version) + " ORDER BY offset").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
  }

  private static String asOf(long version) {
    return "SELECT CAST(value AS STRING) FROM bronze VERSION AS OF " + version;
  }

  private void land(int commit) {
    BronzeRows.land(
        lake,
        values(commit * ROWS, (commit + 1) * ROWS),
        commit + 1,
        (long) commit * ROWS,
        START.plusSeconds(commit));
  }

  private static List<String> landed(int commits) {
    return values(0, commits * ROWS);
  }

  private static List<String> values(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                "{\"event_id\":\"e%d\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"page\":\"/\"}"
                    .formatted(i, START.plusSeconds(i)))
        .toList();
  }

  private long dataFiles() throws IOException {
    Path folder = lake.localPath().orElseThrow().resolve(TableDefinition.BRONZE.path());
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("_delta_log"))
          .count();
    }
  }

  private LakeTable bronze() {
    return lake.table(TableDefinition.BRONZE);
  }

  private MaintenanceReport maintain(Instant now) {
    return new Maintenance(lake, configuration, Clock.fixed(now, ZoneOffset.UTC)).apply();
  }

  private static MaintenanceReport.Table ofBronze(MaintenanceReport report) {
    return report.tables().get(0);
  }
}
