package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.services.Ports;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each layer's jar as users submit it: Spark's own SparkSubmit, one process a layer, a real broker
 * and Postgres.
 */
class SparkSubmitIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Map<String, String> PACKAGES =
      Map.of(
          "bronze", FileRepository.DELTA_SPARK + "," + FileRepository.KAFKA,
          "silver", FileRepository.DELTA_SPARK,
          "gold", FileRepository.DELTA_SPARK + "," + FileRepository.POSTGRESQL);

  @TempDir Path folder;
  private final String started = Long.toString(System.currentTimeMillis());
  private Services services;
  private SparkHome spark;

  @BeforeEach
  void start() throws IOException {
    services =
        Services.start(
            ServicesSettings.in(folder.resolve("data"), folder.resolve("running.properties")));
    spark = SparkHome.in(folder.resolve("spark"));
  }

  @AfterEach
  void stop() {
    services.close();
  }

  /** {@link ComposeIT} runs them live. */
  @Test
  @Tag("full")
  void theSelfContainedJarsRunChained() throws Exception {
    TrafficReport report = simulate();
    for (String layer : List.of("bronze", "silver", "gold")) {
      submit(layer, "all", List.of("--master", "local[2]"));
    }

    assertGoldHolds(report);
  }

  @Test
  void theThinJarsRunChainedWithPackagesFromARepository() throws Exception {
    Path ivy = FileRepository.in(folder.resolve("repository")).ivySettings();
    TrafficReport report = simulate();
    for (String layer : List.of("bronze", "silver", "gold")) {
      submit(
          layer,
          "thin",
          List.of(
              "--master",
              "local[2]",
              "--packages",
              PACKAGES.get(layer),
              "--conf",
              "spark.jars.ivySettings=" + ivy,
              // Not the user's own cache, which may hold what this repository lacks.
              "--conf",
              "spark.jars.ivy=" + folder.resolve("ivy")));
    }

    assertGoldHolds(report);
  }

  @Test
  @Tag("full")
  void theSelfContainedJarsRunOnAStandaloneMasterAndWorker() throws Exception {
    int port = Ports.free();
    String master = "spark://127.0.0.1:" + port;
    Process masterProcess =
        spark.start(
            log("master"),
            Map.of(),
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", Integer.toString(port), "--webui-port", "0"));
    Process workerProcess =
        spark.start(
            log("worker"),
            Map.of("SPARK_WORKER_DIR", folder.resolve("work").toString()),
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0",
                "--cores",
                "2",
                "--memory",
                "2g",
                master));
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> Files.readString(log("worker")).contains("Successfully registered"));
      TrafficReport report = simulate();
      for (String layer : List.of("bronze", "silver", "gold")) {
        submit(layer, "all", List.of("--master", master, "--conf", "spark.driver.host=127.0.0.1"));
      }

      assertGoldHolds(report);
    } finally {
      workerProcess.destroy();
      masterProcess.destroy();
      workerProcess.waitFor();
      masterProcess.waitFor();
    }
  }

  private TrafficReport simulate() {
    return new Simulator(
            TrafficSettings.of(services.kafka().client())
                .withCount(3_000)
                .withRate(0)
                .withUsers(300))
        .run(() -> false, progress -> {});
  }

  private void submit(String layer, String jar, List<String> options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(List.of("--class", mainClass(layer), jar(layer, jar).toString(), "--once"));
    Process process =
        spark.start(log(layer), environment(), "org.apache.spark.deploy.SparkSubmit", arguments);
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("%s ended; it said: %s", layer, Files.readString(log(layer))).isTrue();
    assertThat(process.exitValue()).as("%s said: %s", layer, Files.readString(log(layer))).isZero();
    assertThat(Files.readString(log(layer)))
        .as("a line for each batch, where nobody configured a log")
        .contains("layer=" + layer + " version=");
  }

  static String mainClass(String layer) {
    String name = layer.substring(0, 1).toUpperCase(Locale.ROOT) + layer.substring(1);
    return "io.medallion.%s.%sJob".formatted(layer, name);
  }

  static Path jar(String layer, String classifier) {
    Path target =
        Path.of(System.getProperty("basedir", ".")).resolveSibling(layer).resolve("target");
    try (Stream<Path> jars = Files.list(target)) {
      return jars.filter(path -> path.toString().endsWith("-" + classifier + ".jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "no %s jar in %s: run mvn package".formatted(classifier, target)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Settings by the environment, so that no password is an argument. */
  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    services
        .settings()
        .forEach(
            (key, value) ->
                environment.put(
                    "MEDALLION_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
                    value));
    return environment;
  }

  /** Outside the temporary folder: what a process said is wanted most after it failed. */
  private Path log(String name) throws IOException {
    Path logs = Path.of(System.getProperty("basedir", "."), "target", "spark-submit", started);
    return Files.createDirectories(logs).resolve(name + ".log");
  }

  private void assertGoldHolds(TrafficReport report) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                services.settings().get("postgres.url"),
                services.settings().get("postgres.reader.user"),
                services.settings().get("postgres.reader.password"));
        ResultSet events =
            connection.createStatement().executeQuery("SELECT sum(events) FROM gold.sessions")) {
      assertThat(events.next()).isTrue();
      assertThat(events.getLong(1)).isEqualTo(report.validUnique() - report.bots());
    }
  }
}
