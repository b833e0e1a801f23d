package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.cli.Medallion;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A real broker and Postgres, and layers as users submit them: by Spark's own SparkSubmit. */
final class SubmittedChain implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private final Path logs;
  private final Services services;
  private final SparkHome spark;

  private SubmittedChain(Path logs, Services services, SparkHome spark) {
    this.logs = logs;
    this.services = services;
    this.spark = spark;
  }

  static SubmittedChain start(Path folder) throws IOException {
    // Outside the temporary folder: what a process said is wanted most after it failed.
    Path logs =
        Path.of(
            System.getProperty("basedir", "."),
            "target",
            "spark-submit",
            Long.toString(System.currentTimeMillis()));
    Files.createDirectories(logs);
    return new SubmittedChain(
        logs,
        Services.start(
            ServicesSettings.in(folder.resolve("data"), folder.resolve("running.properties"))),
        SparkHome.in(folder.resolve("spark")));
  }

  SparkHome spark() {
    return spark;
  }

  Map<String, String> settings() {
    return services.settings();
  }

  TrafficReport simulate(long events) {
    return new Simulator(
            TrafficSettings.of(services.kafka().client())
                .withCount(events)
                .withRate(0)
                .withUsers(300))
        .run(() -> false, progress -> {});
  }

  /**
   * Starts a layer.
   *
   * @param options of spark-submit
   * @param arguments of the layer
   */
  Process submit(String layer, String jar, List<String> options, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(
        List.of(
            "--class", SparkSubmitIT.mainClass(layer), SparkSubmitIT.jar(layer, jar).toString()));
    all.addAll(List.of(arguments));
    return spark.start(log(layer), environment(), "org.apache.spark.deploy.SparkSubmit", all);
  }

  /** Runs a layer up to what is there now, and returns what its submission said. */
  String submitOnce(String layer, String jar, List<String> options)
      throws IOException, InterruptedException {
    return said(layer, submit(layer, jar, options, "--once"), 0);
  }

  /**
   * Runs a command, and returns what its submission said.
   *
   * @param options of spark-submit
   * @param exitCode that it ends with
   */
  String submitCommand(List<String> options, int exitCode, String... command)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.addAll(
        List.of(
            "--class",
            Medallion.class.getName(),
            SparkSubmitIT.jar("tools/cli", "all").toString()));
    all.addAll(List.of(command));
    Process process =
        spark.start(log(command[0]), environment(), "org.apache.spark.deploy.SparkSubmit", all);
    return said(command[0], process, exitCode);
  }

  private String said(String name, Process process, int exitCode)
      throws IOException, InterruptedException {
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(log(name));
    assertThat(ended).as("%s ended; it said: %s", name, said).isTrue();
    assertThat(process.exitValue()).as("%s said: %s", name, said).isEqualTo(exitCode);
    return said;
  }

  /** Settings by the environment, so that no password is an argument. */
  private Map<String, String> environment() {
    // All workers of a test are on this machine.
    Map<String, String> environment = new TreeMap<>(Map.of("MEDALLION_LAKE_SHARED_FOLDER", "true"));
    services
        .settings()
        .forEach(
            (key, value) ->
                environment.put(
                    "MEDALLION_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
                    value));
    return environment;
  }

  Path log(String name) {
    return logs.resolve(name + ".log");
  }

  /** Changes gold as its owner. */
  void write(String sql) throws SQLException {
    try (Connection connection = connection("postgres.owner");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private Connection connection(String role) throws SQLException {
    return DriverManager.getConnection(
        services.settings().get("postgres.url"),
        services.settings().get(role + ".user"),
        services.settings().get(role + ".password"));
  }

  /** A number that gold's reader sees. */
  long read(String sql) throws SQLException {
    try (Connection connection = connection("postgres.reader");
        ResultSet number = connection.createStatement().executeQuery(sql)) {
      assertThat(number.next()).isTrue();
      return number.getLong(1);
    }
  }

  void assertGoldHolds(TrafficReport report) throws SQLException {
    assertThat(read("SELECT sum(events) FROM gold.sessions"))
        .isEqualTo(report.validUnique() - report.bots());
  }

  @Override
  public void close() {
    services.close();
  }
}
