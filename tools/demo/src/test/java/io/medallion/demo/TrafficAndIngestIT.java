package io.medallion.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.FileReport;
import io.medallion.demo.ingest.IngestListener;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
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
              new IngestListener() {});
      assertThat(report)
          .isEqualTo(new IngestReport(1, 0, 1_000, 1_000, 0, 1_000, 0, 1_000, Optional.empty()));
      assertThat(size("files")).isEqualTo(1_000L * time);
    }
  }

  @Test
  void aRecordTooLargeForTheBrokerIsNamedAndTheOthersArrive() throws Exception {
    KafkaTopics.create(kafka.client(), "small", 1);
    try (Admin admin = Admin.create(new HashMap<>(kafka.client()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, "small"),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("max.message.bytes", "2000"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    Random random = new Random(8);
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 200; i++) {
      lines.append("{\"timestamp\":1,\"user_id\":\"");
      for (int n = i % 50 == 0 ? 3_000 : 3; n > 0; n--) {
        lines.append((char) ('0' + random.nextInt(40)));
      }
      lines.append("\"}\n");
    }
    Path file =
        Files.writeString(folder.resolve("large.jsonl"), lines.toString().replace("\\", "/"));
    List<Long> refused = new CopyOnWriteArrayList<>();
    IngestReport report =
        FileIngest.ingest(
            new IngestSettings(kafka.client(), "small", Map.of()),
            List.of(file, folder.resolve("missing")),
            new IngestListener() {
              @Override
              public void notSent(Path from, long line, String why) {
                assertThat(why).contains("too large");
                refused.add(line);
              }
            });
    assertThat(refused).containsExactlyInAnyOrder(50L, 100L, 150L, 200L);
    assertThat(report.acknowledged()).isEqualTo(196);
    assertThat(report.notSent()).isEqualTo(4);
    assertThat(report.failed()).isEqualTo(1);
    assertThat(report.nothingDone()).isFalse();
    assertThat(size("small")).isEqualTo(196);
  }

  @Test
  void anEventAsLargeAsSilverTakesGoesIn() throws IOException {
    KafkaTopics.create(kafka.client(), "large", 1);
    Random random = new Random(9);
    StringBuilder event = new StringBuilder("{\"event_id\":\"1\",\"page\":\"");
    while (event.length() < (1 << 20) - 2) {
      event.append((char) ('A' + random.nextInt(26)));
    }
    Path file = Files.writeString(folder.resolve("largest.jsonl"), event.append("\"}"));
    IngestReport report =
        FileIngest.ingest(
            new IngestSettings(kafka.client(), "large", Map.of()),
            List.of(file),
            new IngestListener() {});
    assertThat(report.isComplete()).isTrue();
    assertThat(size("large")).isEqualTo(1);
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
    IngestListener listener =
        new IngestListener() {
          @Override
          public boolean stop() {
            return stop.get();
          }

          @Override
          public void finished(FileReport report) {
            if (report.isComplete()) {
              done.add(report.file().getFileName().toString());
            } else {
              assertThat(report.file()).hasFileName("spoiled.csv");
            }
          }
        };
    CompletableFuture<IngestReport> watching =
        CompletableFuture.supplyAsync(
            () ->
                FileIngest.watch(
                    new IngestSettings(kafka.client(), "watched", Map.of()), watched, listener));
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
