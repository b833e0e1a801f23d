package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large batch on more cores than its topic has partitions, and on fewer. */
@Tag("full")
class ScaleOutIT {
  private static final int CORES = 8;
  private static final int EVENTS = 2_400;
  private static final int LATE_DAYS = 20;
  private static final Instant DAY = Instant.parse("2026-03-20T12:00:00Z");

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static SparkSession spark;

  private final String topic = "events-" + UUID.randomUUID();
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    spark =
        LakeSession.create(
            "ScaleOutIT",
            Configuration.builder().flag("spark.master", "local[" + CORES + "]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
    kafka.close();
  }

  @Test
  void allCoresWorkOnATopicOfTwoPartitionsAndACommitHasFewFiles() throws Exception {
    KafkaTopics.create(kafka.client(), topic, 2);
    produce(2);

    run(BronzeJob::start);
    run(SilverJob::start);

    List<TableFile> bronze = files(TableDefinition.BRONZE);
    assertThat(bronze).hasSize(CORES).allMatch(file -> file.records() < EVENTS / CORES * 2);
    List<TableFile> silver = files(TableDefinition.SILVER);
    // Each of eight tasks had events of 21 days, some 160 files.
    assertThat(silver).hasSizeBetween(CORES + LATE_DAYS, CORES + LATE_DAYS + 1);
    assertThat(silver.stream().filter(file -> file.partition().toString().equals("2026-03-20")))
        .hasSize(CORES);
    assertThat(table(TableDefinition.SILVER).state().rows()).isEqualTo(EVENTS);
    assertThat(
            table(TableDefinition.SILVER)
                .rowsAt(spark, table(TableDefinition.SILVER).version())
                .selectExpr("count(distinct event_id)", "count_if(event_date <> date(event_time))")
                .head()
                .mkString(" "))
        .isEqualTo(EVENTS + " 0");
  }

  @Test
  void aTopicOfFiveHundredPartitionsIsFollowed() throws Exception {
    KafkaTopics.create(kafka.client(), topic, 500);
    produce(500);
    run(BronzeJob::start);
    produce(7);
    run(BronzeJob::start);

    assertThat(table(TableDefinition.BRONZE).state().rows()).isEqualTo(2L * EVENTS);
    assertThat(table(TableDefinition.BRONZE).state().values().keySet())
        .filteredOn(name -> name.startsWith("kafka/"))
        .hasSize(500);
    assertThat(files(TableDefinition.BRONZE)).hasSizeLessThanOrEqualTo(2 * CORES);
  }

  /** One in six is late, by one day to twenty. */
  private void produce(int partitions) throws Exception {
    Map<String, Object> client = new HashMap<>(kafka.client());
    // A broker on a busy disk takes minutes to make five hundred logs.
    client.put("delivery.timeout.ms", "600000");
    client.put("enable.idempotence", "false");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        int daysLate = i % 6 == 0 ? 1 + i / 6 % LATE_DAYS : 0;
        String event =
            "{\"event_id\":\"%d\",\"timestamp\":\"%s\",\"user_id\":\"u%d\",\"page\":\"/p\"}"
                .formatted(i, DAY.minus(daysLate, ChronoUnit.DAYS).plusMillis(i), i % 50);
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    topic, i % partitions, null, event.getBytes(StandardCharsets.UTF_8))));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  private void run(LayerLauncher.Start job) throws InterruptedException {
    try (Layer layer = job.start(lake(), configuration(), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private List<TableFile> files(TableDefinition definition) {
    return table(definition).filesAt(table(definition).version());
  }

  private LakeTable table(TableDefinition definition) {
    return lake().table(definition);
  }

  private Lake lake() {
    return Lake.open(spark, configuration());
  }

  private Configuration configuration() {
    return Configuration.builder()
        .flag("lake.path", folder.toString())
        .flag("kafka.bootstrap-servers", kafka.client().get("bootstrap.servers"))
        .flag("kafka.topics", topic)
        // Few events are a backlog here.
        .flag("batch.low-latency-max-records", "0")
        .build();
  }
}
