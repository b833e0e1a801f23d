package io.medallion.demo.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesIT {
  private static final String TOPIC = "clickstream_events";

  @TempDir Path folder;

  @Test
  void dataOutlivesStopAndStartAndEachRoleNeedsItsPassword() throws Exception {
    ServicesSettings settings = ServicesSettings.in(folder.resolve("data"), announcement());
    String cluster;
    try (Services services = Services.start(settings)) {
      cluster = clusterId(services);
      produce(services, "first");
      assertRoles(services.postgres());
      assertAnnounced(services);
      assertSecondStartIsRefused(settings);
    }
    assertThat(announcement()).doesNotExist();
    try (Services again = Services.start(settings)) {
      assertThat(clusterId(again)).isEqualTo(cluster);
      produce(again, "second");
      assertThat(KafkaTopics.endOffsets(again.kafka().client(), TOPIC).values())
          .containsOnlyOnce(2L);
      assertThat(KafkaTopics.startOffsets(again.kafka().client(), TOPIC)).hasSize(4);
      assertThat(values(again)).containsExactly("first", "second");
      assertKept(again.postgres());
    }
  }

  @Test
  void killingTheOwnerLeavesNoProcessAndTheNextStartGoesOn() throws Exception {
    Process owner = owner();
    List<ProcessHandle> children;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && !line.startsWith("pids ")) {
        line = out.readLine();
      }
      children = Stream.concat(owner.descendants(), named(line)).distinct().toList();
      assertThat(children).hasSizeGreaterThanOrEqualTo(3);
    } finally {
      owner.destroyForcibly().waitFor();
    }
    assertThat(RunningServices.find(announcement())).isEmpty();
    try (Services next =
        Services.start(ServicesSettings.in(folder.resolve("data"), announcement()))) {
      produce(next, "after the kill");
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void aKilledOwnersChildrenEndByThemselves() throws Exception {
    Process owner = owner();
    List<ProcessHandle> children;
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> RunningServices.find(announcement()).isPresent());
      children =
          Stream.concat(
                  owner.descendants(), Postmaster.of(folder.resolve("data/postgres/data")).stream())
              .distinct()
              .toList();
    } finally {
      owner.destroyForcibly().waitFor();
    }
    assertThat(children).hasSizeGreaterThanOrEqualTo(3);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aServerThatWasLeftOverIsStoppedFirst() throws Exception {
    PostgresServer leftOver = PostgresServer.start(folder.resolve("postgres"), 0);
    leftOver.watchdog().destroyForcibly();
    try (PostgresServer next = PostgresServer.start(folder.resolve("postgres"), 0)) {
      assertThat(leftOver.process().isAlive()).isFalse();
      connect(next, next.reader()).close();
    }
  }

  @Test
  void aPortThatIsTakenIsAClearErrorAndLeavesNothingRunning() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PortChoice port = PortChoice.of(taken.getLocalPort());
      for (ServicesSettings settings :
          List.of(
              ServicesSettings.in(folder.resolve("data"), announcement())
                  .withPorts(PortChoice.ANY, port),
              ServicesSettings.in(folder.resolve("data"), announcement())
                  .withPorts(port, PortChoice.ANY))) {
        assertThatThrownBy(() -> Services.start(settings))
            .isInstanceOfSatisfying(
                MedallionException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_STARTED);
                  assertThat(e.problem()).startsWith("Port " + port.first()).endsWith("is taken");
                });
      }
    }
    assertThat(announcement()).doesNotExist();
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void thePortWantedIsTakenIfItIsFreeAndElseTheNext() throws Exception {
    int free = Ports.free();
    assertThat(PortChoice.from(free).pick("it")).isEqualTo(free);
    try (ServerSocket taken = new ServerSocket(free, 1, InetAddress.getLoopbackAddress())) {
      assertThat(PortChoice.from(free).pick("it")).isGreaterThan(taken.getLocalPort());
    }
  }

  private Path announcement() {
    return RunningServices.announcement(folder.resolve("running"), folder.resolve("data"));
  }

  private Process owner() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ServicesOwner.class.getName(),
            folder.resolve("data").toString(),
            announcement().toString())
        .redirectErrorStream(true)
        .start();
  }

  private static Stream<ProcessHandle> named(String line) {
    return Stream.of(line.split(" "))
        .skip(1)
        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream());
  }

  private void assertAnnounced(Services services) throws IOException {
    RunningServices.Running running = RunningServices.find(announcement()).orElseThrow();
    assertThat(running.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(running.dataDir()).isEqualTo(folder.resolve("data"));
    assertThat(running.settings()).isEqualTo(services.settings());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(announcement())))
        .isEqualTo("rw-------");
    Configuration configuration =
        Configuration.builder().services(running.settings(), "running services").build();
    assertThat(configuration.get(Keys.POSTGRES_URL)).isEqualTo(services.postgres().url());
    assertThat(Path.of(configuration.get(Keys.SILVER_GEOIP_DATABASE))).exists();
  }

  private static void assertSecondStartIsRefused(ServicesSettings settings) {
    assertThatThrownBy(() -> Services.start(settings))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.SERVICE_NOT_STARTED);
              assertThat(e.problem()).contains(Long.toString(ProcessHandle.current().pid()));
            });
  }

  private static void assertRoles(PostgresServer postgres) throws SQLException {
    try (Connection owner = connect(postgres, postgres.owner());
        Statement statement = owner.createStatement()) {
      statement.execute("CREATE SCHEMA gold");
      statement.execute("CREATE TABLE gold.kept AS SELECT 1 AS one");
    }
    for (PostgresRole role : List.of(postgres.owner(), postgres.writer(), postgres.reader())) {
      connect(postgres, role).close();
      assertThatThrownBy(() -> connect(postgres, new PostgresRole(role.user(), "wrong")))
          .hasMessageContaining("password authentication failed");
    }
    assertThatThrownBy(() -> connect(postgres, new PostgresRole("postgres", "postgres")))
        .hasMessageContaining("password authentication failed");
    try (Connection writer = connect(postgres, postgres.writer());
        Statement statement = writer.createStatement()) {
      assertThatThrownBy(() -> statement.execute("CREATE SCHEMA other"))
          .hasMessageContaining("permission denied");
    }
  }

  private static void assertKept(PostgresServer postgres) throws SQLException {
    try (Connection owner = connect(postgres, postgres.owner());
        Statement statement = owner.createStatement()) {
      statement.execute("SELECT one FROM gold.kept");
    }
  }

  private static Connection connect(PostgresServer postgres, PostgresRole role)
      throws SQLException {
    return DriverManager.getConnection(postgres.url(), role.user(), role.password());
  }

  private static String clusterId(Services services) throws IOException {
    return PrivateFile.read(services.kafka().folder().resolve("data").resolve("meta.properties"))
        .get("cluster.id");
  }

  private static void produce(Services services, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            new HashMap<String, Object>(services.kafka().client()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(TOPIC, "key", value)).get();
    }
  }

  private static List<String> values(Services services) {
    Map<String, Object> options = new HashMap<>(services.kafka().client());
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(options, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          Stream.of(0, 1, 2, 3).map(p -> new TopicPartition(TOPIC, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      List<ConsumerRecord<String, String>> records = new java.util.ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= 2;
              });
      assertThat(records)
          .allMatch(record -> record.timestampType() == TimestampType.LOG_APPEND_TIME);
      return records.stream().map(ConsumerRecord::value).toList();
    }
  }
}
