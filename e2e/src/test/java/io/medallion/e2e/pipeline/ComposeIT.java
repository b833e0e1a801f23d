package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.demo.services.Ports;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.e2e.faults.Program;
import io.medallion.e2e.faults.Prometheus;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What docker compose would run is what is run here: each service's own command line and
 * environment, with hosts, ports and folders of this machine for those of containers. Then
 * Grafana's dashboards ask the real Postgres and the real Prometheus.
 */
@Tag("full")
class ComposeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration GRACE = Duration.ofSeconds(70);
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final Pattern NOISE =
      Pattern.compile(
          "NativeCodeLoader|ResolveWriteToStream|Failed to cancel job group|TaskKilled"
              + "|SparkStringUtils|BlockManager|ProcessingTimeExecutor|HttpExchangeAdapter");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private final String started = Long.toString(System.currentTimeMillis());
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private Services services;
  private SparkHome spark;
  private Compose compose;
  private Prometheus prometheus;

  /** The compose file as it is, or with the limits of a small machine. */
  private enum Size {
    USUAL,
    SMALL
  }

  @BeforeEach
  void start() throws Exception {
    Program.find("docker-compose");
    for (String layer : LAYERS) {
      ports.put(layer, Ports.free());
    }
    prometheus =
        Prometheus.start(
            folder.resolve("prometheus"),
            ports,
            Compose.ROOT.resolve("deploy/prometheus/alerts.yml"),
            Ports.free());
    services =
        Services.start(
            ServicesSettings.in(folder.resolve("data"), folder.resolve("running.properties")));
    spark = SparkHome.in(folder.resolve("spark"));
  }

  private Compose compose(Size size) throws IOException, InterruptedException {
    Map<String, String> passwords =
        Map.of(
            "WRITER_PASSWORD", services.settings().get("postgres.password"),
            "OWNER_PASSWORD", services.settings().get("postgres.owner.password"),
            "READER_PASSWORD", services.settings().get("postgres.reader.password"));
    return size == Size.SMALL ? Compose.small(passwords) : Compose.resolved(passwords);
  }

  @AfterEach
  void stop() throws InterruptedException {
    for (Process process : processes.values()) {
      process.destroyForcibly().waitFor();
    }
    services.close();
    prometheus.close();
  }

  /** All at once, the last layer first. */
  @ParameterizedTest
  @EnumSource(Size.class)
  void whatComposeRunsBringsNumbersAndDashboardsShowThem(Size size) throws Exception {
    compose = compose(size);
    for (String service : List.of("dashboard", "gold", "silver", "bronze", "simulator")) {
      ports.putIfAbsent(service, Ports.free());
      processes.put(service, run(service));
    }
    await().atMost(PATIENCE).until(this::goldCounts);
    for (String layer : LAYERS) {
      await().atMost(PATIENCE).until(() -> healthy(layer));
    }

    String page = "http://127.0.0.1:%d/".formatted(ports.get("dashboard"));
    assertThat(Prometheus.get(page).statusCode()).isEqualTo(200);
    assertThat(prometheus.numbers("medallion_healthy")).containsExactly(1.0, 1.0, 1.0);
    everyQueryOfGrafanaIsAnswered();
    for (String service : processes.keySet()) {
      assertThat(peakMemory(processes.get(service)))
          .as("the memory that %s needed", service)
          .isLessThan(Compose.bytes(compose.service(service).path("mem_limit").asText()));
    }

    for (String service : List.of("gold", "silver", "bronze")) {
      Process process = processes.get(service);
      process.destroy();
      assertThat(process.waitFor(GRACE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
          .as("%s stops in time", service)
          .isTrue();
      List<String> said = Files.readAllLines(log(service));
      assertThat(said)
          .as("what every start or stop says, and what means nothing; see %s", log(service))
          .noneMatch(line -> NOISE.matcher(line).find());
      assertThat(said).last().asString().endsWith("layer=" + service + " stopped");
    }
  }

  /** Bytes that were in use at once. */
  private static long peakMemory(Process process) throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IllegalStateException("no VmHWM");
  }

  private Process run(String service) throws IOException {
    List<String> command = compose.command(service).stream().map(this::here).toList();
    Map<String, String> environment = new TreeMap<>();
    compose.environment(service).forEach((name, value) -> environment.put(name, here(value)));
    String port = Integer.toString(ports.get(service));
    environment.replace("MEDALLION_METRICS_PORT", port);
    environment.replace("MEDALLION_DASHBOARD_PORT", port);
    List<String> arguments = command.subList(1, command.size());
    environment.putIfAbsent("MEDALLION_HEAP", "512m");
    return switch (command.get(0)) {
      case "/opt/spark/bin/spark-submit" ->
          spark.start(
              log(service),
              environment,
              javaOptions(arguments),
              "org.apache.spark.deploy.SparkSubmit",
              arguments);
      case "/opt/medallion/bin/medallion" -> medallion(log(service), environment, arguments);
      default -> throw new IllegalStateException("no such program: " + command);
    };
  }

  /** What the script spark-submit makes of its own options. */
  private static List<String> javaOptions(List<String> arguments) {
    List<String> options = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.startsWith("--driver-memory=")) {
        options.add("-Xmx" + argument.substring(argument.indexOf('=') + 1));
      } else if (argument.startsWith("--driver-java-options=")) {
        options.addAll(List.of(argument.substring(argument.indexOf('=') + 1).split(" ")));
      }
    }
    return options;
  }

  /** As deploy/bin/medallion does it. */
  private Process medallion(Path log, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx" + environment.get("MEDALLION_HEAP"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(
        Arrays.asList(System.getProperty("medallion.spark.jvm.options").trim().split("\\s+")));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "io.medallion.cli.Medallion"));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()));
    builder.environment().put("MEDALLION_HOME", folder.resolve("home").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** A text of the compose file with what stands for it on this machine. */
  private String here(String text) {
    String url = services.settings().get("postgres.url");
    String here =
        text.replace("kafka:9092", services.settings().get("kafka.bootstrap-servers"))
            .replace("jdbc:postgresql://postgres:5432/clickstream", url)
            .replace("/data/lake", folder.resolve("lake").toString())
            .replace(
                "/opt/medallion/geoip/demo-city.mmdb",
                services.settings().get("silver.geoip.database"))
            .replace(
                "/opt/medallion/log4j2.xml", Compose.ROOT.resolve("deploy/log4j2.xml").toString())
            .replace("0.0.0.0", "127.0.0.1");
    for (String layer : LAYERS) {
      here =
          here.replace(
              "/opt/medallion/medallion-%s.jar".formatted(layer),
              SparkSubmitIT.jar(layer, "all").toString());
    }
    return here;
  }

  private boolean goldCounts() throws SQLException {
    processes.forEach(
        (service, process) ->
            assertThat(process.isAlive()).as("%s runs; see %s", service, log(service)).isTrue());
    try (Connection connection = reader();
        ResultSet found =
            connection.createStatement().executeQuery("SELECT count(*) > 0 FROM gold.revenue")) {
      return found.next() && found.getBoolean(1);
    } catch (SQLException e) {
      if ("42P01".equals(e.getSQLState()) || "3F000".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** By the service's own health check. */
  private boolean healthy(String layer) throws IOException, InterruptedException {
    List<String> check = Compose.texts(compose.service(layer).path("healthcheck").path("test"));
    assertThat(check).startsWith("CMD", "/opt/medallion/bin/ask");
    return new ProcessBuilder(
                Compose.ROOT.resolve("deploy/bin/ask").toString(),
                check.get(2),
                Integer.toString(ports.get(layer)))
            .start()
            .waitFor()
        == 0;
  }

  private void everyQueryOfGrafanaIsAnswered() throws Exception {
    int sql = 0;
    int promql = 0;
    for (String board : List.of("business", "pipeline")) {
      Path file = Compose.ROOT.resolve("deploy/grafana/dashboards/%s.json".formatted(board));
      for (JsonNode panel : JSON.readTree(file.toFile()).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          String title = panel.path("title").asText();
          if (target.path("datasource").path("uid").asText().equals("gold")) {
            assertRows(title, target.path("rawSql").asText());
            sql++;
          } else {
            String expression = target.path("expr").asText();
            await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(
                    () -> assertThat(prometheus.numbers(expression)).as(title).isNotEmpty());
            promql++;
          }
        }
      }
    }
    assertThat(sql).isGreaterThan(10);
    assertThat(promql).isGreaterThan(10);
  }

  private void assertRows(String panel, String sql) throws SQLException {
    String range = "$1 BETWEEN now() - interval '1 day' AND now() + interval '1 hour'";
    String query =
        sql.replaceAll("\\$__timeFilter\\(([a-z_]+)\\)", range).replace("${site:sqlstring}", "'*'");
    assertThat(query).as(panel).doesNotContain("$__");
    try (Connection connection = reader();
        ResultSet rows = connection.createStatement().executeQuery(query)) {
      assertThat(rows.next()).as("%s: %s", panel, query).isTrue();
    }
  }

  private Connection reader() throws SQLException {
    return DriverManager.getConnection(
        services.settings().get("postgres.url"),
        services.settings().get("postgres.reader.user"),
        services.settings().get("postgres.reader.password"));
  }

  /** Outside the temporary folder: what a process said is wanted most after it failed. */
  private Path log(String service) {
    try {
      Path logs = Path.of(System.getProperty("basedir", "."), "target", "compose", started);
      return Files.createDirectories(logs).resolve(service + ".log");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
