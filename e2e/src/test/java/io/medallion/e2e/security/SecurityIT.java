package io.medallion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.services.Ports;
import io.medallion.demo.services.PostgresRole;
import io.medallion.demo.services.PostgresServer;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.faults.Prometheus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The three layers and the live page as real processes, given secrets in every way that there is,
 * over a broker and a database that take nobody without TLS and a password.
 */
class SecurityIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final List<String> LAYERS = List.of("bronze", "silver", "gold");
  private static final String TOPIC = "clickstream_events";
  private static final int EVENTS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SASL_PASSWORD = "planted-sasl-password";
  private static final String STORE_PASSWORD = "planted-truststore-password";
  private static final String S3_KEY = "planted-s3-key";

  @TempDir static Path folder;
  private static final Map<String, String> environment = new LinkedHashMap<>();
  private static final Map<String, Process> processes = new LinkedHashMap<>();
  private static final Map<String, Integer> pages = new LinkedHashMap<>();
  private static ServerCertificate certificate;
  private static SaslBroker broker;
  private static PostgresServer postgres;
  private static Path settings;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "only Linux tells what a process listens to");
    certificate = ServerCertificate.in(folder.resolve("tls"), STORE_PASSWORD);
    postgres = postgresWithTlsAlone();
    broker = SaslBroker.start(folder.resolve("kafka"), certificate, SASL_PASSWORD);
    Map<String, String> client = broker.client(SASL_PASSWORD);
    KafkaTopics.create(client, TOPIC, 1);
    give(client);
    for (String layer : LAYERS) {
      pages.put(layer, Ports.free());
      start(
          layer,
          "--spark.ui.enabled=true",
          "--spark.ui.port=" + pages.get(layer),
          "--metrics.port=" + Ports.free());
    }
    start("dashboard", "--dashboard.port=" + Ports.free());
    new Simulator(TrafficSettings.of(client).withCount(EVENTS).withRate(0).withUsers(9))
        .run(() -> false, progress -> {});
    await().atMost(PATIENCE).until(SecurityIT::merged);
  }

  /** It takes no connection from outside without TLS. */
  private static PostgresServer postgresWithTlsAlone() throws IOException {
    Path place = folder.resolve("postgres");
    PostgresServer.start(place, 0).close();
    Files.write(
        place.resolve("data/postgresql.conf"),
        List.of(
            "ssl = on",
            "ssl_cert_file = '" + certificate.certificate() + "'",
            "ssl_key_file = '" + certificate.key() + "'"),
        StandardOpenOption.APPEND);
    Files.writeString(
        place.resolve("data/pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
    return PostgresServer.start(place, 0);
  }

  private static String verified(Path trusted) {
    return postgres.url() + "?sslmode=verify-full&sslrootcert=" + trusted;
  }

  /** One secret by a file of its own, one in the configuration file, the others as variables. */
  private static void give(Map<String, String> client) throws IOException {
    Path owner = Files.writeString(folder.resolve("owner"), postgres.owner().password());
    settings = folder.resolve("medallion.properties");
    Files.write(
        settings,
        List.of(
            "lake.path=" + folder.resolve("lake"),
            "checkpoint.path=" + folder.resolve("checkpoints"),
            "kafka.topics=" + TOPIC,
            "postgres.url=" + verified(certificate.certificate()),
            "postgres.user=" + postgres.writer().user(),
            "postgres.owner.user=" + postgres.owner().user(),
            "postgres.owner.password-file=" + owner,
            "postgres.reader.user=" + postgres.reader().user(),
            "spark.hadoop.fs.s3a.secret.key=" + S3_KEY));
    environment.put("MEDALLION_HOME", folder.toString());
    environment.put("MEDALLION_CONFIG", settings.toString());
    environment.put("MEDALLION_POSTGRES_PASSWORD", postgres.writer().password());
    environment.put("MEDALLION_POSTGRES_READER_PASSWORD", postgres.reader().password());
    client.forEach(
        (option, value) ->
            environment.put(
                option.equals("bootstrap.servers")
                    ? "MEDALLION_KAFKA_BOOTSTRAP_SERVERS"
                    : "MEDALLION_KAFKA_OPTIONS_"
                        + option.toUpperCase(Locale.ROOT).replace('.', '_'),
                value));
    // As the launcher does.
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
  }

  private static List<String> secrets() {
    return List.of(
        SASL_PASSWORD,
        STORE_PASSWORD,
        S3_KEY,
        postgres.owner().password(),
        postgres.writer().password(),
        postgres.reader().password());
  }

  private static void start(String command, String... flags) throws IOException {
    List<String> words =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx1g"));
    words.addAll(
        Arrays.asList(System.getProperty("medallion.spark.jvm.options").trim().split("\\s+")));
    words.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.medallion.cli.Medallion",
            command));
    words.addAll(List.of(flags));
    Files.createDirectories(folder.resolve("said"));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").resolve(command + ".txt").toFile());
    builder.environment().putAll(environment);
    processes.put(command, builder.start());
  }

  private static boolean merged() {
    processes.forEach(
        (name, process) -> assertThat(process.isAlive()).as("%s: %s", name, said(name)).isTrue());
    try (Connection connection = connect(postgres.url(), postgres.owner());
        Statement statement = connection.createStatement();
        ResultSet read =
            statement.executeQuery(
                "SELECT coalesce(sum(rows_read), 0) FROM gold.layer_status WHERE layer ="
                    + " 'silver'")) {
      return read.next() && read.getLong(1) == EVENTS;
    } catch (SQLException e) {
      return false;
    }
  }

  private static Connection connect(String url, PostgresRole role) throws SQLException {
    return DriverManager.getConnection(url, role.user(), role.password());
  }

  private static String said(String command) {
    return read(folder.resolve("said").resolve(command + ".txt"));
  }

  @AfterAll
  static void stop() {
    processes.values().forEach(Process::destroyForcibly);
    processes.values().forEach(process -> process.onExit().join());
    if (broker != null) {
      broker.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  /** The events have come through both: what the driver and the clients need is passed on. */
  @Test
  void nobodyElseGetsIn() throws Exception {
    assertThatThrownBy(() -> connect(postgres.url() + "?sslmode=disable", postgres.writer()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no encryption");
    Path stranger =
        ServerCertificate.in(folder.resolve("tls-of-a-stranger"), STORE_PASSWORD).certificate();
    assertThatThrownBy(() -> connect(verified(stranger), postgres.writer()))
        .isInstanceOf(SQLException.class)
        .hasCauseInstanceOf(SSLHandshakeException.class);
    start("status", "--postgres.url=" + verified(stranger));
    processes.remove("status").waitFor();
    assertThat(said("status")).contains("PKIX path validation failed");
  }

  @Test
  void secretsAreInNoLogAndInNoFileOfTheLake() throws Exception {
    start("query", "SELECT count(*) FROM gold.page_views");
    secretsAreNowhereAfter("config", "status", "query");
  }

  @Tag("full")
  @Test
  void norAreTheyWhereCommandsHaveWrittenThatStartSpark() throws Exception {
    secretsAreNowhereAfter("config", "verify", "maintain");
  }

  private static void secretsAreNowhereAfter(String... commands) throws Exception {
    for (String command : commands) {
      if (!processes.containsKey(command)) {
        start(command);
      }
    }
    for (String command : commands) {
      assertThat(processes.remove(command).waitFor()).as(said(command)).isZero();
    }

    assertThat(said("config")).contains("kafka.options.sasl.jaas.config", "(hidden)");
    assertThat(Files.size(folder.resolve("data/logs/bronze.log"))).isPositive();
    for (String place : List.of("data/logs", "said", "lake", "checkpoints")) {
      List<Path> files = files(folder.resolve(place));
      assertThat(files).as(place).isNotEmpty();
      files.forEach(file -> assertNoSecret(file.toString(), read(file)));
    }
    assertNoSecret("the log of Postgres", read(folder.resolve("postgres/postgres.log")));
  }

  @Test
  void sparksPageShowsNoSecret() throws Exception {
    for (String layer : LAYERS) {
      for (String path :
          List.of("/environment/", "/jobs/", "/stages/", "/SQL/", "/StreamingQuery/")) {
        assertNoSecret(layer + path, page(layer, path));
      }
      JsonNode application = JSON.readTree(page(layer, "/api/v1/applications")).get(0);
      String api = "/api/v1/applications/" + application.get("id").asText();
      // The environment page fills itself with this.
      String settings = page(layer, api + "/environment");
      assertThat(settings).contains("spark.hadoop.fs.s3a.secret.key", "(redacted)");
      assertNoSecret(layer + "'s environment", settings);
      JsonNode queries = JSON.readTree(page(layer, api + "/sql?details=true"));
      assertThat(queries).isNotEmpty();
      assertNoSecret(layer + "'s queries by REST", queries.toString());
      for (JsonNode query : queries) {
        assertNoSecret(
            layer + "'s plan", page(layer, "/SQL/execution/?id=" + query.get("id").asText()));
      }
    }
  }

  @Test
  void secretsAreInNoProcessList() throws IOException {
    int looked = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path process : all.filter(p -> p.getFileName().toString().matches("\\d+")).toList()) {
        Path arguments = process.resolve("cmdline");
        if (Files.isReadable(arguments)) {
          assertNoSecret(process.toString(), read(arguments));
          looked++;
        }
      }
    }
    assertThat(looked).isGreaterThan(processes.size());
  }

  @Test
  void everyPortIsOfThisMachineAlone() throws IOException {
    for (Map.Entry<String, Process> process : processes.entrySet()) {
      List<InetSocketAddress> sockets = ListeningSockets.of(process.getValue().pid());
      // Metrics, Spark's page, its driver and its blocks; the dashboard has its page alone.
      assertThat(sockets)
          .as(process.getKey())
          .hasSizeGreaterThanOrEqualTo(process.getKey().equals("dashboard") ? 1 : 4)
          .allSatisfy(socket -> assertThat(socket.getAddress().isLoopbackAddress()).isTrue());
    }
    assertThat(ListeningSockets.of(postgres.process().pid()))
        .isNotEmpty()
        .allSatisfy(socket -> assertThat(socket.getAddress().isLoopbackAddress()).isTrue());
  }

  @Test
  void lakeCheckpointsAndLogsAreTheirOwnersAlone() throws IOException {
    for (String place : List.of("lake", "checkpoints", "data/logs")) {
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(place))))
          .as(place)
          .isEqualTo("rwx------");
    }
  }

  private static String page(String layer, String path) throws IOException {
    return Prometheus.get("http://127.0.0.1:%d%s".formatted(pages.get(layer), path)).body();
  }

  private static void assertNoSecret(String where, String text) {
    for (String secret : secrets()) {
      assertThat(text.contains(secret)).as("%s tells %s", where, secret).isFalse();
    }
  }

  private static List<Path> files(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Byte for byte; empty if it has gone meanwhile. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
