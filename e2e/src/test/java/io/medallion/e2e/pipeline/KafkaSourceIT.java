package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.SourceLag;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What bronze does when Kafka is not what it was: it refuses, says why, and loses nothing once told
 * to go on.
 */
class KafkaSourceIT {
  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static SparkSession spark;
  private static Admin admin;

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final String topic = "events-" + UUID.randomUUID();
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    spark =
        LakeSession.create(
            "KafkaSourceIT", Configuration.builder().flag("spark.master", "local[2]").build());
    admin = Admin.create(new HashMap<>(kafka.client()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    spark.stop();
    kafka.close();
  }

  @BeforeEach
  void fillTopic() throws Exception {
    KafkaTopics.create(kafka.client(), topic, 2);
    produce(200);
    run("bronze.accept-data-loss", "false");
    assertThat(rows()).isEqualTo(200);
  }

  @Tag("full")
  @Test
  void aRecreatedTopicIsRefusedAndOnceAcceptedKeptApart() throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    KafkaTopics.create(kafka.client(), topic, 2);
    produce(100);

    assertThat(refusal("bronze.accept-new-source", "false").code())
        .isEqualTo(ErrorCode.KAFKA_SOURCE_REPLACED);
    assertThat(rows()).isEqualTo(200);

    run("bronze.accept-new-source", "true");
    assertThat(rows()).isEqualTo(300);
    assertThat(positions()).isEqualTo(300);
    // Accepted once: from now on it is the topic that bronze knows.
    produce(10);
    run("bronze.accept-new-source", "false");
    assertThat(rows()).isEqualTo(310);
  }

  @Test
  void recordsThatRetentionTookBeforeBronzeDidStopItUntilTheGapIsAccepted() throws Exception {
    produce(100);
    TopicPartition partition = new TopicPartition(topic, 0);
    long end = KafkaTopics.endOffsets(kafka.client(), topic).get(0);
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(end))).all().get();
    long lost = end - landedIn(0);

    MedallionException refusal = refusal("bronze.accept-data-loss", "false");
    assertThat(refusal.code()).isEqualTo(ErrorCode.KAFKA_DATA_LOSS);
    assertThat(refusal.problem())
        .contains(topic + "-0")
        .contains("offsets")
        .contains(Long.toString(end - 1));
    assertThat(rows()).isEqualTo(200);

    run("bronze.accept-data-loss", "true");
    assertThat(rows()).isEqualTo(300 - lost);
  }

  @Tag("full")
  @Test
  void whatWaitsInKafkaIsToldWhileBronzeDoesNotTakeIt() throws Exception {
    Configuration configuration = configuration("freshness", "9999d");
    Lake lake = Lake.open(spark, configuration);
    Instant before = Instant.now();
    produce(30);
    try (Layer layer = BronzeJob.start(lake, configuration, false)) {
      await().atMost(PATIENCE).until(() -> rows() == 230);
      await().atMost(PATIENCE).until(() -> waiting(lake, before) == 0);
      produce(70);
      await().atMost(PATIENCE).until(() -> waiting(lake, before) == 70);
      assertThat(layer.running()).isTrue();
    }
    assertThat(rows()).isEqualTo(230);
  }

  @Tag("full")
  @Test
  void partitionsThatWereAddedAreReadFromTheirBeginning() throws Exception {
    admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
    produce(300);
    run("bronze.accept-data-loss", "false");

    assertThat(rows()).isEqualTo(500);
    assertThat(positions()).isEqualTo(500);
  }

  @Tag("full")
  @Test
  void aKafkaTimeThatSparkCannotReadIsNamedAndTheWayOutLosesThatRecordAlone() throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    admin
        .incrementalAlterConfigs(
            Map.of(
                resource,
                List.of(
                    set("message.timestamp.type", "CreateTime"),
                    set("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)))))
        .all()
        .get();
    produce(50);
    long bad;
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(kafka.client()), new ByteArraySerializer(), new ByteArraySerializer())) {
      bad =
          producer
              .send(new ProducerRecord<>(topic, 1, Long.MAX_VALUE - 1, null, new byte[] {'{'}))
              .get()
              .offset();
    }
    produce(50);

    MedallionException refusal = refusal("bronze.max-records-per-batch", "1");
    assertThat(refusal.code()).isEqualTo(ErrorCode.KAFKA_TIME_UNREADABLE);
    assertThat(refusal.problem()).contains("offset " + bad + " of " + topic + "-1");
    assertThat(landedIn(1)).isEqualTo(bad);

    admin
        .deleteRecords(Map.of(new TopicPartition(topic, 1), RecordsToDelete.beforeOffset(bad + 1)))
        .all()
        .get();
    run("bronze.accept-data-loss", "true");
    assertThat(rows()).isEqualTo(300);
  }

  /** As told since; negative if nothing was. */
  private static long waiting(Lake lake, Instant since) {
    return lake.kafkaLag().filter(lag -> lag.at().isAfter(since)).map(SourceLag::rows).orElse(-1L);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private void produce(long events) {
    new Simulator(
            TrafficSettings.of(kafka.client())
                .withTopic(topic)
                .withCount(events)
                .withRate(0)
                .withUsers(200))
        .run(() -> false, progress -> {});
  }

  private void run(String key, String value) throws InterruptedException {
    Configuration configuration = configuration(key, value);
    try (Layer layer = BronzeJob.start(Lake.open(spark, configuration), configuration, true)) {
      layer.await();
      if (layer.failure().orElse(null) instanceof MedallionException refused) {
        throw refused;
      }
      assertThat(layer.failure()).isEmpty();
    }
  }

  private MedallionException refusal(String key, String value) {
    Throwable thrown = catchThrowable(() -> run(key, value));
    assertThat(thrown).isInstanceOf(MedallionException.class);
    return (MedallionException) thrown;
  }

  private Configuration configuration(String key, String value) {
    return Configuration.builder()
        .flag("lake.path", folder.toString())
        .flag("kafka.bootstrap-servers", kafka.client().get("bootstrap.servers"))
        .flag("kafka.topics", topic)
        .flag(key, value)
        .build();
  }

  private long rows() {
    return bronze().rowsAt(spark, bronze().version()).count();
  }

  /** How many different positions the rows have. */
  private long positions() {
    return bronze()
        .rowsAt(spark, bronze().version())
        .select("source_epoch", "topic", "partition", "offset")
        .distinct()
        .count();
  }

  private long landedIn(int partition) {
    return bronze().rowsAt(spark, bronze().version()).where("partition = " + partition).count();
  }

  private LakeTable bronze() {
    return Lake.open(spark, configuration("bronze.accept-data-loss", "false"))
        .table(TableDefinition.BRONZE);
  }
}
