package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own, as a person runs it, its output in a pipe. */
class DemoIT {
  private static final Duration LONG = Duration.ofMinutes(4);
  private static final Pattern COUNT = Pattern.compile("^ +(.+?) {2,}([\\d,]+)$");

  @TempDir Path home;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void leaveNothingBehind() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
    awaitNoProcessOnTheData();
  }

  @Tag("full")
  @Test
  void everyEventIsAccountedForInTwoRunsOnTheSameDataWithCheckpointsDeletedBetween()
      throws Exception {
    Process first = demo("first", "25s");
    assertThat(exitCode(first)).as(text("first")).isZero();
    awaitNoProcessOnTheData();
    assertThat(count("first", "Kafka: records, this run"))
        .isEqualTo(count("first", "simulator: acknowledged, this run"))
        .isGreaterThan(1_000);
    assertThat(text("first")).contains("and is what the simulator acted out");
    assertThat(bytesInKafka("enriched_activity")).as("what silver published").isPositive();

    deleteTree(home.resolve("data/demo/lake/_checkpoints"));
    Process second = demo("second", "5s");
    assertThat(exitCode(second)).as(text("second")).isZero();
    assertThat(text("second")).contains("Everything adds up.");
    assertThat(count("second", "bronze: rows"))
        .isEqualTo(
            count("first", "bronze: rows") + count("second", "simulator: acknowledged, this run"));
  }

  @Test
  @Tag("full")
  void aRunKilledHalfWayIsAccountedForByTheNext() throws Exception {
    Process killed = demo("killed", "10m");
    await().atMost(LONG).until(() -> text("killed").contains("| page views"));
    killed.destroyForcibly().waitFor();

    Process next = demo("next", "10s");
    assertThat(exitCode(next)).as(text("next")).isZero();
    assertThat(count("next", "bronze: rows"))
        .isGreaterThan(count("next", "simulator: acknowledged, this run"));
  }

  @Test
  void statusSeesADemoThatRunsAndSigtermStopsAllOfIt() throws Exception {
    Process stopped = demo("stopped", "10m");
    await().atMost(LONG).until(() -> text("stopped").contains("| page views"));
    assertStatusSeesTheDemo(stopped);
    stopped.destroy();
    assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(text("stopped")).contains("The simulator sent");
    awaitNoProcessOnTheData();
    assertStatusSaysThatAllStands();
  }

  private void assertStatusSeesTheDemo(Process demo) throws Exception {
    Process status = medallion("status", "status", "--json", "--watch");
    await().atMost(LONG).until(() -> looks("status").size() >= 3);
    status.destroy();
    assertThat(status.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<JsonNode> looks = looks("status");
    assertThat(looks.get(2).get("layers").get(0).get("rows").asLong())
        .as("rows of bronze, watched")
        .isGreaterThan(looks.get(0).get("layers").get(0).get("rows").asLong());
    JsonNode json = looks.get(0);
    assertThat(json.get("kafka").get("records").asLong()).isPositive();
    assertThat(json.get("layers"))
        .hasSize(3)
        .allSatisfy(
            layer -> {
              assertThat(layer.get("state").asText()).isEqualTo("running");
              assertThat(layer.get("process").asLong()).isEqualTo(demo.pid());
              assertThat(layer.get("rows").asLong()).isPositive();
              assertThat(layer.get("lag").asLong()).isNotNegative();
              assertThat(layer.get("freshness_seconds").asDouble()).isNotNegative();
            });
  }

  private void assertStatusSaysThatAllStands() throws Exception {
    String lake = home.resolve("data/demo/lake").toString();
    Process status = medallion("standing", "status", "--json", "--lake.path=" + lake);
    assertThat(exitCode(status)).as(text("standing")).isZero();
    JsonNode json = looks("standing").get(0);
    assertThat(json.get("kafka").isNull()).isTrue();
    assertThat(json.get("troubles")).hasSize(2);
    assertThat(json.get("layers").get(0).get("state").asText()).isEqualTo("stopped");
    assertThat(json.get("layers").get(1).get("rows").asLong()).isPositive();
  }

  private Process demo(String name, String duration) throws IOException {
    return medallion(name, "demo", "--duration", duration, "--rate", "300", "--users", "800");
  }

  private Process medallion(String name, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("target", "java.options").toAbsolutePath(),
                "-Xmx1500m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Medallion.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output(name).toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("MEDALLION_"));
    builder.environment().put("MEDALLION_HOME", home.toString());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Broker, database and watchdog bear the folder's name in their command lines. */
  private void awaitNoProcessOnTheData() {
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () ->
                assertThat(
                        ProcessHandle.allProcesses()
                            .map(process -> process.info().commandLine().orElse(""))
                            .filter(line -> line.contains(home.resolve("data").toString())))
                    .isEmpty());
  }

  private long count(String name, String what) {
    return text(name)
        .lines()
        .map(COUNT::matcher)
        .filter(Matcher::matches)
        .filter(matcher -> matcher.group(1).equals(what))
        .mapToLong(matcher -> Long.parseLong(matcher.group(2).replace(",", "")))
        .findFirst()
        .orElseThrow(() -> new AssertionError(what + " is not in\n" + text(name)));
  }

  /** The JSON that a status command has printed, whole lines alone. */
  private List<JsonNode> looks(String name) {
    String text = text(name);
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith("{"))
        .map(DemoIT::json)
        .toList();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path output(String name) {
    return home.resolve(name + ".txt");
  }

  private String text(String name) {
    try {
      return Files.readString(output(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In the logs of a topic's partitions. */
  private long bytesInKafka(String topic) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve("data/demo"))) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".log"))
          .filter(file -> file.getParent().getFileName().toString().matches(topic + "-\\d+"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
