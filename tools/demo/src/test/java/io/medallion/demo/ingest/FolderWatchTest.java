package io.medallion.demo.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final List<String> finished = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private final ListSink sink = new ListSink();

  @Test
  void halfALastRowWaitsForItsOtherHalf() throws Exception {
    Path orders =
        Files.writeString(
            folder.resolve("orders.csv"),
            "event_id,timestamp,user_id,event_type,price\n1,5,u,purchase,134.45\n2,5,u,purchase,12");
    CompletableFuture<IngestReport> watching = watch();
    await().atMost(LONG).until(() -> !finished.isEmpty());
    assertThat(told)
        .containsExactly("3: the last line, of 17 bytes, has no line end and waits for one");
    assertThat(Files.notExists(folder.resolve(FolderWatch.JOURNAL))).isTrue();
    Files.writeString(orders, "3.45\n", StandardOpenOption.APPEND);
    await().atMost(LONG).until(() -> finished.size() == 2);
    stop.set(true);
    watching.get();
    assertThat(sink.values)
        .hasSize(3)
        .filteredOn(value -> value.contains("\"event_id\":\"2\""))
        .singleElement()
        .asString()
        .contains("\"price\":123.45}");
    assertThat(finished).containsExactly("orders.csv false", "orders.csv true");
    assertThat(Files.readString(folder.resolve(FolderWatch.JOURNAL))).contains("orders.csv");
  }

  @Test
  void aLastObjectThatIsClosedDoesNotWaitAndBrokenFilesStopNothing() throws Exception {
    Files.writeString(folder.resolve("a.csv"), "#x\n1\n");
    Files.writeString(folder.resolve("b.jsonl"), "{\"customer\":\"u\"}");
    Files.writeString(folder.resolve("c.json"), "[{\"customer\":1}]");
    Files.writeString(folder.resolve("d.jsonl"), "{\"customer\":\"u\"}\n{\"customer\":");
    Files.writeString(folder.resolve("e.csv"), "timestamp,us");
    CompletableFuture<IngestReport> watching = watch();
    await().atMost(LONG).until(() -> finished.size() == 5);
    stop.set(true);
    IngestReport report = watching.get();
    assertThat(finished)
        .containsExactly(
            "a.csv false", "b.jsonl true", "c.json true", "d.jsonl false", "e.csv false");
    assertThat(sink.values).hasSize(3).allMatch(value -> value.contains("\"user_id\":"));
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.isComplete()).isFalse();
    assertThat(Files.readString(folder.resolve(FolderWatch.JOURNAL)))
        .contains("b.jsonl", "c.json")
        .doesNotContain("a.csv", "d.jsonl", "e.csv");
  }

  private CompletableFuture<IngestReport> watch() throws IOException {
    IngestListener listener =
        new IngestListener() {
          @Override
          public boolean stop() {
            return stop.get();
          }

          @Override
          public void notSent(Path file, long line, String why) {
            told.add(line + ": " + why);
          }

          @Override
          public void finished(FileReport report) {
            finished.add(report.file().getFileName() + " " + report.isComplete());
          }
        };
    IngestSettings settings = new IngestSettings(Map.of(), "topic", Map.of("user_id", "customer"));
    IngestSettings unmapped = new IngestSettings(Map.of(), "topic", Map.of());
    boolean mapped = Files.exists(folder.resolve("b.jsonl"));
    return CompletableFuture.supplyAsync(
        () -> FileIngest.watch(mapped ? settings : unmapped, sink, folder, listener));
  }
}
