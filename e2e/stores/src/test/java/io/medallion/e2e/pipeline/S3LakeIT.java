package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.LockHolder;
import io.medallion.operations.Backfill;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.ReplayReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chain with its lake in a bucket. */
@Tag("full")
class S3LakeIT {
  /** When every day is closed. */
  private static final Clock LATER = Clock.offset(Clock.systemUTC(), Duration.ofDays(8));

  @TempDir Path folder;
  private S3Server s3;
  private Map<String, String> settings;
  private Pipeline pipeline;
  private StoreChecks checks;

  @BeforeEach
  void start() throws IOException {
    s3 = S3Server.start(folder);
    settings = s3.lake("lake");
    pipeline = Pipeline.in(folder.resolve("services"), settings);
    checks = new StoreChecks(pipeline);
  }

  @AfterEach
  void stop() {
    pipeline.close();
    s3.close();
  }

  @Test
  void theWholeChainTimeTravelBackfillAndMaintenance() throws Exception {
    checks.firstStartsWereKilled();
    checks.layersWorkLive();
    checks.versionsStayReadable();
    checks.moreIsDrained(32);
    backfillCorrectsHistory();
    checks.proofHolds();
    maintenanceCompactsAndRemoves();
  }

  private void backfillCorrectsHistory() throws Exception {
    List<List<String>> right = checks.numbers();
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    Configuration.Builder strict =
        Configuration.builder().services(pipeline.settings(), "the test's services");
    settings.forEach(strict::flag);
    strict.flag("silver.max-string-size", "64B");

    ReplayReport refused =
        Backfill.of(pipeline.lake(), strict.build()).apply(today.minusDays(1), today.plusDays(1));
    assertThat(refused.quarantined()).isPositive();
    pipeline.drain();
    assertThat(checks.numbers()).isNotEqualTo(right);

    ReplayReport back = checks.backfill().apply(today.minusDays(1), today.plusDays(1));
    assertThat(back.released()).isEqualTo(refused.quarantined());
    pipeline.drain();
    assertThat(checks.numbers()).isEqualTo(right);
    assertThat(checks.backfill().plan(today.minusDays(1), today.plusDays(1), OptionalLong.empty()))
        .matches(plan -> plan.silver().isEmpty());
  }

  private void maintenanceCompactsAndRemoves() throws Exception {
    Maintenance later = new Maintenance(pipeline.lake(), pipeline.configuration(), LATER);
    MaintenanceReport first = later.apply();
    assertThat(first.tables()).anySatisfy(table -> assertThat(table.compacted()).isNotEmpty());
    // What backfills and compaction have replaced, days ago by this clock.
    assertThat(first.tables().get(1).removed().files()).isPositive();

    // Long enough for a checkpoint of the log behind everything that may go.
    LakeTable silver = pipeline.lake().table(TableDefinition.SILVER);
    for (int i = 0; i < 60; i++) {
      silver.begin(pipeline.lake().session()).set("test", i).commit();
    }
    pipeline.drain();
    Pipeline.awaitCheckpoints();
    MaintenanceReport.Table done = later.apply().tables().get(1);
    assertThat(done.kept()).isEmpty();
    assertThat(done.log().versions()).isPositive();
    checks.moreIsDrained(33);
    checks.proofHolds();
  }

  /** Its lease is there, and nobody writes it any more. */
  @Test
  void aKilledLayerIsFollowedByAnotherOnceItsLeaseIsGivenUp() throws Exception {
    checks.moreIsDrained(41);
    Process silver = silverProcess();
    try {
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> pipeline.lake().holderOf(SilverJob.NAME).isPresent());
      assertThat(pipeline.lake().holderOf(SilverJob.NAME).map(LockHolder::process))
          .hasValue(silver.pid());
    } finally {
      silver.destroyForcibly().waitFor();
    }
    checks.moreIsDrained(42);
    checks.proofHolds();
  }

  private Process silverProcess() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of(System.getProperty("medallion.spark.jvm.options").split("\\s+")));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            SilverJob.class.getName(),
            "--spark.master=local[1]"));
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("silver.log").toFile())
        .start();
  }
}
