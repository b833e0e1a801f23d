package io.medallion.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.IngestReport;
import io.medallion.demo.ingest.IngestSettings;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficProgress;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficAndIngestIT {
  @TempDir static Path folder;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void whatTheSimulatorHadAcknowledgedIsInKafka() {
    TrafficSettings settings = settings("counted").withRate(0).withCount(300_000);
    long start = System.nanoTime();
    TrafficReport report = new Simulator(settings).run(() -> false, progress -> {});
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("simulator without pace: %.0f records/s%n", report.sent() / seconds);
    assertThat(report.sent()).isEqualTo(300_000);
    assertThat(report.acknowledged()).isEqualTo(report.sent());
    assertThat(report.failed()).isZero();
    assertThat(size("counted")).isEqualTo(report.acknowledged());
  }

  @Test
  void aPacedRunKeepsItsRateAndStopsWhenTold() {
    AtomicBoolean stop = new AtomicBoolean();
    List<TrafficProgress> heard = new CopyOnWriteArrayList<>();
    TrafficReport report =
        new Simulator(settings("paced").withRate(2_000))
            .run(
                stop::get,
                progress -> {
                  heard.add(progress);
                  stop.set(heard.size() == 3);
                });
    assertThat(heard).hasSize(3);
    assertThat(report.sent()).isBetween(5_000L, 7_500L).isEqualTo(report.acknowledged());
    assertThat(size("paced")).isEqualTo(report.acknowledged());
  }

  @Test
  void aMissingTopicAndAMissingBrokerSayWhatToDo() {
    Simulator nowhere =
        new Simulator(TrafficSettings.of(kafka.client()).withTopic("nobody_made_this"));
    assertThatThrownBy(() -> nowhere.run(() -> false, progress -> {}))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.KAFKA_TOPIC_MISSING));
  }

  @Test
  void aFileIsIngestedWholeEachTime() throws IOException {
    KafkaTopics.create(kafka.client(), "files", 4);
    Path file = file(folder.resolve("shop.csv"), 1_000);
    for (int time = 1; time <= 2; time++) {
      IngestReport report =
          FileIngest.ingest(
              new IngestSettings(kafka.client(), "files", Map.of()),
              List.of(file),
              () -> false,
              progress -> {});
      assertThat(report).isEqualTo(new IngestReport(1, 1_000, 1_000, 0, 1_000, 1_000));
      assertThat(size("files")).isEqualTo(1_000L * time);
    }
  }

  @Test
  void aWatchedFolderGivesEachFileOnceAlsoAfterARestart() throws Exception {
    KafkaTopics.create(kafka.client(), "watched", 4);
    Path watched = Files.createDirectory(folder.resolve("watched"));
    file(watched.resolve("before.csv"), 10);
    file(watched.resolve("growing.tmp"), 1);
    Files.writeString(watched.resolve("spoiled.csv"), "a,a\n");
    assertThat(watch(watched, List.of("before.csv"), List.of())).hasSize(1);
    assertThat(size("watched")).isEqualTo(10);
    List<String> done = watch(watched, List.of("moved.csv"), List.of("moved.csv"));
    assertThat(done).containsExactly("moved.csv");
    assertThat(size("watched")).isEqualTo(30);
  }

  /** Watches until these files are done; meanwhile moves those files in. */
  private static List<String> watch(Path watched, List<String> wanted, List<String> moved)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<String> done = new CopyOnWriteArrayList<>();
    CompletableFuture<IngestReport> watching =
        CompletableFuture.supplyAsync(
            () ->
                FileIngest.watch(
                    new IngestSettings(kafka.client(), "watched", Map.of()),
                    watched,
                    stop::get,
                    progress -> {},
                    file -> done.add(file.getFileName().toString()),
                    refused -> assertThat(refused).hasMessageContaining("spoiled.csv")));
    try {
      for (String name : moved) {
        Files.move(file(folder.resolve(name), 20), watched.resolve(name));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> done.containsAll(wanted));
    } finally {
      stop.set(true);
    }
    watching.get();
    return done;
  }

  private static TrafficSettings settings(String topic) {
    KafkaTopics.create(kafka.client(), topic, 4);
    return TrafficSettings.of(kafka.client()).withTopic(topic);
  }

  private static long size(String topic) {
    return KafkaTopics.endOffsets(kafka.client(), topic).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static Path file(Path path, int rows) throws IOException {
    StringBuilder csv = new StringBuilder("event_time,event_type,product_id,price,user_id\n");
    for (int i = 0; i < rows; i++) {
      csv.append("2019-10-01 00:00:00 UTC,view,%d,1.50,%d\n".formatted(i, i % 7));
    }
    return Files.writeString(path, csv);
  }
}
