package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README, the docs and the help, by a shell, as they stand. */
class IngestExamplesIT {
  private static final String TOPIC = "clickstream_events";
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir Path home;
  private EmbeddedKafka kafka;

  @BeforeEach
  void start() throws IOException {
    kafka = EmbeddedKafka.start(home.resolve("kafka"), 0);
    KafkaTopics.create(kafka.client(), TOPIC, 1);
    launcher();
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(home.resolve("2019-Oct.csv.gz")))) {
      out.write(
          """
          event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session
          2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde
          """
              .getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(
        home.resolve("events.jsonl"),
        """
        {"when": "2026-05-03T10:00:00Z", "customer": "a", "page": "/a"}
        {"customer": "a", "page": "/checkout", "when": "2026-05-03T10:00:01Z"}
        """);
    Path incoming = Files.createDirectory(home.resolve("incoming"));
    Files.writeString(incoming.resolve("one.csv"), "timestamp,user_id\n2026-05-03T10:00:00Z,u\n");
  }

  @AfterEach
  void stop() {
    kafka.close();
  }

  @Test
  void everyExampleDoesWhatItSays() throws Exception {
    List<String> examples = examples();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(7);
    for (String example : examples) {
      long before = records();
      String said = run(example);
      assertThat(said).as(example).contains("sent as is    0", "not sent      0");
      assertThat(said).as(example).doesNotContain("acknowledged  0");
      assertThat(records()).as(example).isGreaterThan(before);
    }
  }

  @Test
  void aFileThatIsNotTakenEndsWithTwoAndOneThatIsTakenInPartWithOne() throws Exception {
    Files.writeString(home.resolve("none.csv"), "#x\n1\n");
    Files.writeString(home.resolve("part.json"), "[{\"user_id\":1},");
    String none = run("./medallion ingest none.csv; echo code=$?");
    assertThat(none).contains("failed none.csv: 0 lines", "Its columns are: #x.", "code=2");
    String part =
        run("./medallion ingest part.json none.csv missing 2019-Oct.csv.gz; echo code=$?");
    assertThat(part)
        .contains("failed part.json: 1 lines, 1 events, 1 acknowledged", "There is no such file.")
        .contains("done 2019-Oct.csv.gz: 1 lines", "files         1 (and 3 failed)", "code=1");
  }

  private List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    List<Path> pages = new ArrayList<>(List.of(Path.of("../../README.md")));
    try (Stream<Path> docs = Files.list(Path.of("../../docs"))) {
      docs.filter(doc -> doc.toString().endsWith(".md")).forEach(pages::add);
    }
    for (Path page : pages) {
      Files.readAllLines(page).stream()
          .filter(line -> line.matches("( {4})?([^`]* \\| )?\\./medallion ingest .*"))
          .forEach(examples::add);
    }
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    Medallion.commandLine(new CommandContext(home, Map.of(), nowhere, nowhere, false))
        .getSubcommands()
        .get("ingest")
        .getUsageMessage()
        .lines()
        .filter(line -> line.startsWith("  medallion ingest"))
        .map(line -> "./" + line.strip())
        .forEach(examples::add);
    return examples;
  }

  /** Runs a line; one that would go on for ever until the watched file is done. */
  private String run(String line) throws Exception {
    Path output = home.resolve("output.txt");
    Process shell =
        new ProcessBuilder("bash", "-c", line.contains("--watch") ? "exec " + line : line)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (line.contains("--watch")) {
        await()
            .atMost(LONG)
            .until(() -> Files.readString(output).contains("done incoming/one.csv"));
        shell.destroy();
        shell.waitFor(LONG.toSeconds(), TimeUnit.SECONDS);
        // Not there if it was stopped before it noted the file.
        Files.deleteIfExists(home.resolve("incoming/.medallion-ingested"));
      }
      assertThat(shell.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as(line).isTrue();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
    return Files.readString(output);
  }

  private long records() {
    return KafkaTopics.endOffsets(kafka.client(), TOPIC).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** What the launcher of the project comes to, on the classes of this test. */
  private void launcher() throws IOException {
    Path launcher =
        Files.writeString(
            home.resolve("medallion"),
            """
            #!/usr/bin/env bash
            exec '%s' '@%s' -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' %s "$@"
            """
                .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    Path.of("target", "java.options").toAbsolutePath(),
                    System.getProperty("java.class.path"),
                    Medallion.class.getName()));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        home.resolve("medallion.properties"),
        "kafka.bootstrap-servers=" + kafka.client().get("bootstrap.servers") + "\n");
  }
}
