package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medallion.demo.services.Ports;
import io.medallion.e2e.faults.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The compose stack on a real Docker engine, as a user brings it up, of the small size. Other base
 * images are given by the environment (SPARK_IMAGE, MAVEN_IMAGE, KAFKA_IMAGE, POSTGRES_IMAGE), as
 * deploy/stand-ins makes them.
 */
@Tag("containers")
class ContainersIT {
  /** What docs promise of an idle machine; a busy one may say how long it takes. */
  private static final Duration FIRST_NUMBER =
      Duration.ofSeconds(Long.getLong("medallion.first-number.seconds", 180));

  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final String TOPIC = "clickstream_events";

  private final int kafka = Ports.free();
  private final int postgres = Ports.free();
  private final Map<String, String> environment = new TreeMap<>();
  private Path compose;

  @BeforeEach
  void start() throws Exception {
    Path docker = Program.find("docker");
    compose = Program.find("docker-compose");
    assumeTrue(
        new ProcessBuilder(docker.toString(), "info")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0,
        "no Docker engine answers");
    environment.put("COMPOSE_PROJECT_NAME", "medallion-containers-it");
    environment.put("COMPOSE_FILE", "docker-compose.yml:deploy/compose-small.yml");
    environment.put("DOCKER_BUILDKIT", "1");
    environment.put("COMPOSE_DOCKER_CLI_BUILD", "1");
    environment.put("KAFKA_PORT", Integer.toString(kafka));
    environment.put("POSTGRES_PORT", Integer.toString(postgres));
    environment.put("DASHBOARD_PORT", Integer.toString(Ports.free()));
  }

  @AfterEach
  void stop() throws Exception {
    if (!environment.isEmpty()) {
      run("down", "-v", "--timeout", "80");
    }
  }

  @Test
  void theStackIsBroughtUpKilledTakenDownAndUpAndAddsUp() throws Exception {
    said("build");
    Instant begun = Instant.now();
    said("up", "-d");
    await().atMost(FIRST_NUMBER).until(() -> views() > 0);
    System.out.printf(
        "first number after %d s%n", Duration.between(begun, Instant.now()).toSeconds());

    crash("silver");
    long atCrash = views();
    await().atMost(PATIENCE).until(() -> views() > atCrash);

    long atDown = views();
    said("down");
    said("up", "-d");
    await().atMost(PATIENCE).until(() -> views() > atDown);

    said("stop", "simulator");
    await().atMost(PATIENCE).until(() -> sent() > 0 && accounted() == sent());
    assertThat(said("run", "--rm", "-T", "cli", "verify")).contains("holds");
  }

  /** All of its processes but the first, which then ends: to the engine it has crashed. */
  private void crash(String service) throws Exception {
    String before = container(service, "{{.State.StartedAt}}");
    run("exec", "-T", service, "bash", "-c", "kill -9 -- -1");
    await()
        .atMost(PATIENCE)
        .until(() -> !container(service, "{{.State.StartedAt}}").equals(before));
  }

  private String container(String service, String format) throws Exception {
    String id = said("ps", "-q", service).strip();
    return Program.run(Compose.ROOT, Program.find("docker"), "inspect", "--format", format, id)
        .strip();
  }

  /** Page views that gold has; none before there is a gold. */
  private long views() {
    return number("SELECT coalesce(sum(views), 0) FROM gold.page_views");
  }

  /** Records that bronze took and gold has seen the whole way, by the account that gold keeps. */
  private long accounted() {
    return number(
        "SELECT s.rows_written + s.duplicates + s.quarantined - s.more_events"
            + " FROM gold.layer_status s JOIN gold.layer_status b ON b.layer = 'bronze'"
            + " WHERE s.layer = 'silver' AND b.rows_written = s.rows_read");
  }

  private long number(String sql) {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/clickstream".formatted(postgres),
                "medallion_reader",
                "medallion-reader");
        ResultSet row = connection.createStatement().executeQuery(sql)) {
      return row.next() ? row.getLong(1) : -1;
    } catch (SQLException e) {
      return -1;
    }
  }

  /** Records that Kafka has. */
  private long sent() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + kafka))) {
      Map<TopicPartition, OffsetSpec> newest = new HashMap<>();
      admin
          .describeTopics(List.of(TOPIC))
          .allTopicNames()
          .get()
          .get(TOPIC)
          .partitions()
          .forEach(
              partition ->
                  newest.put(
                      new TopicPartition(TOPIC, partition.partition()), OffsetSpec.latest()));
      return admin.listOffsets(newest).all().get().values().stream()
          .mapToLong(found -> found.offset())
          .sum();
    }
  }

  private String said(String... arguments) throws Exception {
    Said said = run(arguments);
    assertThat(said.code()).as("%s said: %s", List.of(arguments), said.text()).isZero();
    return said.text();
  }

  private record Said(int code, String text) {}

  private Said run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(compose.toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Compose.ROOT.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), text);
  }
}
