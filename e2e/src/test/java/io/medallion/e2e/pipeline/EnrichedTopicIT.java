package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What silver publishes, read from a real broker. */
@Tag("full")
class EnrichedTopicIT {
  private static final String TOPIC = "enriched_activity";
  private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.123456Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;
  private static SparkSession spark;
  private static Lake lake;
  private static long landed;
  private static long seq;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        folder.resolve("contract.yaml"), "columns: {color: {type: string, from: color}}");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    KafkaTopics.create(kafka.client(), TOPIC, 3);
    spark =
        LakeSession.create(
            "EnrichedTopicIT", Configuration.builder().flag("spark.master", "local[2]").build());
    lake = Lake.open(spark, configuration(kafka.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    spark.stop();
    kafka.close();
  }

  private static Configuration configuration(String brokers) {
    return Configuration.builder()
        .flag("lake.path", folder.resolve("lake").toString())
        .flag("kafka.bootstrap-servers", brokers)
        .flag("kafka.options.max.block.ms", "2000")
        .flag("freshness", "800ms")
        .flag("silver.publish.enabled", "true")
        .flag("silver.contract", folder.resolve("contract.yaml").toString())
        .build();
  }

  @Test
  void everyEventIsThereAtLeastOnceAndAnUnreachableTopicHoldsNothingUp() throws Exception {
    land(30);
    String nowhere = "127.0.0.1:1";
    try (Layer silver = SilverJob.start(lake, configuration(nowhere), false)) {
      awaitSilver(30);
      land(20);
      awaitSilver(50);
      assertThat(silver.failure()).isEmpty();
    }
    assertThat(records()).isEmpty();

    try (Layer silver = SilverJob.start(lake, configuration(kafka.bootstrapServers()), false)) {
      land(10);
      await().atMost(Duration.ofMinutes(4)).until(() -> offsets(records()).size() == 60);
      assertThat(silver.failure()).isEmpty();
    }
    List<ConsumerRecord<String, String>> once = records();
    assertThat(once).hasSize(60);
    for (ConsumerRecord<String, String> record : once) {
      JsonNode event = JSON.readTree(record.value());
      int n = event.path("position").path("offset").asInt();
      assertThat(record.key()).isEqualTo("u" + n % 7).isEqualTo(event.path("visitor").asText());
      assertThat(event.path("event_id").asText()).isEqualTo("e" + n);
      assertThat(Instant.parse(event.path("event_time").asText())).isEqualTo(TIME.plusSeconds(n));
      assertThat(event.path("price").decimalValue()).isEqualByComparingTo(n + ".5");
      assertThat(event.path("event_type").asText()).isEqualTo("purchase");
      assertThat(event.path("color").asText()).isEqualTo("red");
      assertThat(event.has("properties")).isFalse();
      assertThat(record.headers().lastHeader("silver-versions")).isNotNull();
    }

    // A position that is lost to the past: what is sent again is known by its place.
    goBack();
    try (Layer silver = SilverJob.start(lake, configuration(kafka.bootstrapServers()), true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
    assertThat(records()).hasSizeGreaterThan(60);
    assertThat(offsets(records())).hasSize(60);
  }

  private static void goBack() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("lake/_served"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    try (Stream<Path> folders = Files.list(folder.resolve("lake/_served/" + TOPIC))) {
      Files.createFile(folders.findFirst().orElseThrow().resolve("1"));
    }
  }

  private static void land(int count) {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long n = landed + i;
      events.add(
          """
          {"event_id":"e%d","timestamp":"%s","user_id":"u%d","event_type":"purchase","price":%d.5,"color":"red"}"""
              .formatted(n, TIME.plusSeconds(n), n % 7, n));
    }
    BronzeRows.land(lake, events, ++seq, landed, TIME.plusSeconds(3_600));
    landed += count;
  }

  private static void awaitSilver(long rows) {
    await()
        .atMost(Duration.ofMinutes(4))
        .until(() -> lake.table(TableDefinition.SILVER).state().rows() == rows);
  }

  private static Set<Long> offsets(List<ConsumerRecord<String, String>> records)
      throws IOException {
    Set<Long> offsets = new TreeSet<>();
    for (ConsumerRecord<String, String> record : records) {
      offsets.add(JSON.readTree(record.value()).path("position").path("offset").asLong());
    }
    return offsets;
  }

  /** Everything that the topic holds now. */
  private static List<ConsumerRecord<String, String>> records() {
    Map<String, Object> settings = new HashMap<>(kafka.client());
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(p -> new TopicPartition(TOPIC, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }
}
