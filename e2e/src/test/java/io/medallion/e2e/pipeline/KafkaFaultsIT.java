package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.bronze.KafkaLag;
import io.medallion.bronze.OffsetGapDetector;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.services.Ports;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of bronze where the broker, or a producer, does not do what it should. */
@Tag("full")
class KafkaFaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int PORT = Ports.free();

  private final String topic = "events-" + UUID.randomUUID();
  @TempDir Path folder;
  private EmbeddedKafka kafka;
  private SparkSession spark;

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), PORT);
    spark =
        LakeSession.create(
            "KafkaFaultsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    KafkaTopics.create(kafka.client(), topic, 1);
  }

  @AfterEach
  void stop() {
    spark.stop();
    kafka.close();
  }

  @Test
  void abortedRecordsAreNotLandedAndATransactionThatHangsShowsAsLag() throws Exception {
    send(20);
    try (KafkaProducer<byte[], byte[]> aborted = transaction("aborted", 30)) {
      aborted.abortTransaction();
    }
    try (KafkaProducer<byte[], byte[]> committed = transaction("committed", 40)) {
      committed.commitTransaction();
    }
    drain();
    assertThat(rows()).isEqualTo(60);
    // The markers of both transactions have offsets too, and are read.
    assertThat(lag()).isZero();
    try (OffsetGapDetector gaps =
        OffsetGapDetector.open(bronze().state(), configuration(), PATIENCE)) {
      OffsetGapDetector.Partition partition = gaps.partitions().get(0);
      assertThat(partition.next()).isEqualTo(partition.end()).isEqualTo(92);
      assertThat(gaps.look(partition, 20, 50).records()).isZero();
    }

    try (KafkaProducer<byte[], byte[]> hanging = transaction("hanging", 50)) {
      send(60);
      drain();
      assertThat(rows()).isEqualTo(60);
      assertThat(lag()).isEqualTo(110);
      hanging.commitTransaction();
    }
    drain();
    assertThat(rows()).isEqualTo(170);
    assertThat(lag()).isZero();
  }

  @Test
  void ofACompactedTopicEveryRecordThatIsLeftIsLandedAndNoneIsMissed() throws Exception {
    try (Admin admin = Admin.create(new HashMap<>(kafka.client()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      set("cleanup.policy", "compact"),
                      set("segment.ms", "100"),
                      set("min.cleanable.dirty.ratio", "0.01"))))
          .all()
          .get();
    }
    // All bear one key: of the closed segments one record is left.
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              send(5);
              return kept().size() < end() / 2;
            });
    Set<Long> before = kept();
    drain();
    Set<Long> landed =
        bronze().rowsAt(spark, bronze().version()).select("offset").collectAsList().stream()
            .map(row -> row.getLong(0))
            .collect(Collectors.toSet());

    // The cleaner may have run once more in between.
    assertThat(before).containsAll(landed);
    assertThat(landed).containsAll(kept());
    assertThat(lag()).isZero();
  }

  @Test
  void aTopicThatIsReplacedUnderARunningBronzeStopsIt() throws Exception {
    send(20);
    try (Layer layer = BronzeJob.start(lake(), configuration(), false);
        Admin admin = Admin.create(new HashMap<>(kafka.client()))) {
      awaitRows(20);
      admin.deleteTopics(List.of(topic)).all().get();
      KafkaTopics.create(kafka.client(), topic, 1);
      send(70);
      layer.await();
      // Which of the two it is depends on when it looked.
      assertThat(MedallionException.in(layer.failure().orElseThrow()).code())
          .isIn(ErrorCode.KAFKA_SOURCE_REPLACED, ErrorCode.KAFKA_TOPIC_MISSING);
    }
    assertThat(rows()).isEqualTo(20);
  }

  @Test
  void anotherClusterBehindTheSameAddressIsRefusedAndOnceAcceptedKeptApart() throws Exception {
    send(20);
    drain();
    kafka.close();
    kafka = EmbeddedKafka.start(folder.resolve("another"), PORT);
    KafkaTopics.create(kafka.client(), topic, 1);
    send(30);

    assertThatThrownBy(() -> drain())
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.KAFKA_SOURCE_REPLACED);
              assertThat(e.problem()).contains("another cluster");
            });
    assertThat(rows()).isEqualTo(20);

    drain("bronze.accept-new-source", "true");
    assertThat(rows()).isEqualTo(50);
    assertThat(
            bronze()
                .rowsAt(spark, bronze().version())
                .select("source_epoch", "topic", "partition", "offset")
                .distinct()
                .count())
        .isEqualTo(50);
  }

  @Test
  void whileTheBrokerIsAwayBronzeWaitsAndThenGoesOn() throws Exception {
    send(20);
    try (Layer layer =
        BronzeJob.start(
            lake(),
            configuration(
                "kafka.start-timeout",
                "2s",
                "kafka.options.request.timeout.ms",
                "1000",
                "kafka.options.default.api.timeout.ms",
                "2000"),
            false)) {
      awaitRows(20);
      kafka.process().destroyForcibly();
      kafka.process().onExit().join();
      await()
          .atMost(PATIENCE)
          .until(() -> layer.retryReason().orElse("").contains("No answer from Kafka"));
      assertThat(layer.running()).isTrue();

      kafka = EmbeddedKafka.start(folder.resolve("kafka"), PORT);
      send(30);
      awaitRows(50);
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private long end() {
    return KafkaTopics.endOffsets(kafka.client(), topic).get(0);
  }

  /** The records that the topic still holds, as any consumer reads them. */
  private Set<Long> kept() {
    TopicPartition partition = new TopicPartition(topic, 0);
    Set<Long> offsets = new HashSet<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(kafka.client()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = end();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> offsets.add(record.offset()));
      }
    }
    return offsets;
  }

  private void awaitRows(long rows) {
    await().atMost(PATIENCE).until(() -> rows() == rows);
  }

  /** A transaction that has sent its records and not ended. */
  private KafkaProducer<byte[], byte[]> transaction(String id, int records) throws Exception {
    KafkaProducer<byte[], byte[]> producer =
        producer(Map.of("transactional.id", id, "transaction.timeout.ms", "600000"));
    producer.initTransactions();
    producer.beginTransaction();
    send(producer, records);
    return producer;
  }

  private void send(int records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      send(producer, records);
    }
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int records) throws Exception {
    byte[] value = "{\"user_id\":\"u\"}".getBytes(StandardCharsets.UTF_8);
    List<Future<?>> sent = new ArrayList<>();
    for (int record = 0; record < records; record++) {
      sent.add(producer.send(new ProducerRecord<>(topic, new byte[] {1}, value)));
    }
    for (Future<?> acknowledged : sent) {
      acknowledged.get();
    }
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> options = new HashMap<>(kafka.client());
    options.putAll(more);
    return new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void drain(String... settings) throws InterruptedException {
    try (Layer layer = BronzeJob.start(lake(), configuration(settings), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private long lag() {
    return KafkaLag.read(bronze().state(), configuration(), PATIENCE).lag();
  }

  private long rows() {
    return bronze().rowsAt(spark, bronze().version()).count();
  }

  private LakeTable bronze() {
    return lake().table(TableDefinition.BRONZE);
  }

  private Lake lake() {
    return Lake.open(spark, configuration());
  }

  /** With settings, each a key and its value. */
  private Configuration configuration(String... settings) {
    Configuration.Builder builder =
        Configuration.builder()
            .flag("lake.path", folder.resolve("lake").toString())
            .flag("kafka.bootstrap-servers", "127.0.0.1:" + PORT)
            .flag("kafka.topics", topic);
    for (int i = 0; i < settings.length; i += 2) {
      builder.flag(settings[i], settings[i + 1]);
    }
    return builder.build();
  }
}
