package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.e2e.pipeline.BronzeRows;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command as a process of its own that is asked to end while it works. */
@Tag("full")
class StoppedCommandIT {
  private static final int SIGTERM = 128 + 15;

  @TempDir Path home;

  @Test
  void verifySaysThatItWasStoppedAndNothingElse() throws Exception {
    Configuration configuration =
        Configuration.builder().flag("spark.master", "local[2]").flag("lake.path", lake()).build();
    try (SparkSession spark = LakeSession.create("StoppedCommandIT", configuration)) {
      BronzeRows.land(
          Lake.open(spark, configuration),
          List.of("{}"),
          1,
          0,
          Instant.parse("2026-03-03T12:00:00Z"));
    }
    Path said = home.resolve("said.txt");
    Process verify = start(said, "verify", "--lake.path=" + lake());
    try {
      await().atMost(Duration.ofMinutes(2)).until(() -> working("verify"));
      verify.destroy();
      assertThat(verify.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      verify.destroyForcibly();
    }

    assertThat(verify.exitValue()).isEqualTo(SIGTERM);
    assertThat(Files.readAllLines(said))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "error[COMMAND_STOPPED]: `medallion verify` was stopped before its end"),
            line -> assertThat(line).startsWith("  cause:  "),
            line -> assertThat(line).startsWith("  remedy: Run it again"),
            line -> assertThat(line).isEqualTo("  more:   docs/runbook.md#command_stopped"));
  }

  /** Its session is there, and so what it does with it has begun. */
  private boolean working(String command) throws IOException {
    Path log = home.resolve("data/logs").resolve(command + ".log");
    return Files.exists(log) && Files.readString(log).contains("Running Spark version");
  }

  private Process start(Path said, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx1g"));
    command.addAll(
        Arrays.asList(System.getProperty("medallion.spark.jvm.options").trim().split("\\s+")));
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.medallion.cli.Medallion"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(said.toFile()));
    builder.environment().put("MEDALLION_HOME", home.toString());
    return builder.start();
  }

  private String lake() {
    return home.resolve("lake").toString();
  }
}
