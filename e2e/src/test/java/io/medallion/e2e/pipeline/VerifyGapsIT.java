package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.Backfill;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.CutOffReplay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What looks like damage and is none, and damage right next to it. */
@Tag("full")
class VerifyGapsIT {
  private static final String TOPIC = "clickstream_events";
  private static final int PARTITIONS = 2;
  private static final int PER_TRANSACTION = 21;
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final String BRONZE_LACKS = "bronze holds every record that Kafka has";
  private static final String BRONZE_COUNT = "bronze holds as many rows as silver has read";
  private static final String ONE_PLACE = "each bronze row is one of silver, quarantine, duplicate";

  @TempDir Path folder;
  private Pipeline pipeline;
  private int sent;

  @BeforeEach
  void start() {
    pipeline = Pipeline.in(folder);
    KafkaTopics.create(pipeline.kafka(), TOPIC, PARTITIONS);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void marksOfTransactionsAndRecordsOfAbortedOnesAreNoRecords() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "shop"))) {
      producer.initTransactions();
      long committed = 0;
      for (int transaction = 0; transaction < 9; transaction++) {
        producer.beginTransaction();
        send(producer, PER_TRANSACTION);
        if (transaction % 3 == 1) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
          committed += PER_TRANSACTION;
        }
      }
      pipeline.drain();
      clean(committed);

      // One that hangs: nobody may read behind its first record.
      producer.beginTransaction();
      send(producer, PER_TRANSACTION);
      producer.flush();
      pipeline.drain();
      clean(committed);
      producer.abortTransaction();
      pipeline.drain();
      clean(committed);
    }

    // Right behind the mark of a transaction: a record is missing where a gap is lawful, too.
    long last =
        bronze("select max(offset) from %s where partition = 0").collectAsList().get(0).getLong(0);
    bronze("delete from %s where partition = 0 and offset = " + last);
    VerifyReport damaged = proof();
    assertThat(of(damaged, BRONZE_LACKS).off()).isEqualTo(1);
    assertThat(of(damaged, ONE_PLACE).off()).isEqualTo(1);
  }

  @Test
  void whatRetentionHasTakenFromKafkaIsStillInBronze() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      send(producer, 200);
      producer.flush();
    }
    pipeline.drain();
    try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        admin
            .deleteRecords(
                Map.of(new TopicPartition(TOPIC, partition), RecordsToDelete.beforeOffset(60)))
            .all()
            .get();
      }
    }
    clean(200);

    bronze("delete from %s where partition = 1 and offset = 30");
    VerifyReport damaged = proof();
    assertThat(of(damaged, BRONZE_LACKS).off()).isZero();
    assertThat(damaged.omitted())
        .anyMatch(what -> what.startsWith("1 offsets that bronze lacks"))
        .anyMatch(what -> what.startsWith("what 120 offsets of bronze held in Kafka"));
    assertThat(of(damaged, BRONZE_COUNT).off()).isEqualTo(1);
    assertThat(of(damaged, ONE_PLACE).examples()).anyMatch(found -> found.contains("-1@30"));
  }

  @Test
  void aRewriteThatWasCutOffIsToldAndNoFindingUntilItIsFinished() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      send(producer, 200);
      producer.flush();
    }
    pipeline.drain();
    Configuration strict =
        Configuration.builder()
            .services(pipeline.settings(), "the test's services")
            .flag("silver.max-string-size", "22B")
            .build();
    assertThatThrownBy(() -> CutOffReplay.apply(pipeline.lake(), strict, DAY, DAY, "quarantined"))
        .isInstanceOf(CutOffReplay.Killed.class);
    VerifyReport cutOff = proof();
    assertThat(cutOff.holds()).as("%s", cutOff).isTrue();
    assertThat(cutOff.notes()).anyMatch(note -> note.contains("was cut off"));

    // The record of what is under way is all that tells it from damage.
    var unfinished = pipeline.lake().unfinishedReplays().get(0);
    pipeline.lake().end(unfinished);
    assertThat(of(proof(), ONE_PLACE).off()).isEqualTo(100);
    pipeline.lake().begin(unfinished);

    Backfill.of(pipeline.lake(), strict).apply(DAY, DAY);
    pipeline.drain();
    VerifyReport finished = new LakeCheck(pipeline.lake(), strict).prove(EventDays.ALL);
    assertThat(finished.holds()).as("%s", finished).isTrue();
    assertThat(finished.notes()).noneMatch(note -> note.contains("was cut off"));
    assertThat(pipeline.state(TableDefinition.SILVER).values())
        .containsEntry(TableState.ROWS, 100L)
        .containsEntry(TableState.QUARANTINED, 100L);
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, String> options) {
    Map<String, Object> all = new HashMap<>(pipeline.kafka());
    all.putAll(options);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** To both partitions; every second one has a page of more than 22 bytes. */
  private void send(KafkaProducer<byte[], byte[]> producer, int events) {
    for (int i = 0; i < events; i++, sent++) {
      String event =
          "{\"event_id\":\"e%d\",\"timestamp\":\"%s\",\"user_id\":\"u%d\",\"page\":\"%s\"}"
              .formatted(
                  sent,
                  START.plusSeconds(sent),
                  sent % 9,
                  sent % 2 == 0 ? "/home" : "/a/longer/page/than/that");
      // What went wrong is told at the end of the transaction, or by the count of what is landed.
      Future<RecordMetadata> unused =
          producer.send(
              new ProducerRecord<>(
                  TOPIC, (sent / 2) % PARTITIONS, null, event.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Nothing is found and nothing left out. */
  private void clean(long records) {
    VerifyReport report = proof();
    assertThat(report.holds()).as("%s", report).isTrue();
    assertThat(of(report, BRONZE_LACKS).examined()).isEqualTo(records);
    assertThat(report.notes()).isEmpty();
    assertThat(pipeline.state(TableDefinition.BRONZE).values())
        .containsEntry(TableState.ROWS, records);
  }

  private VerifyReport proof() {
    return new LakeCheck(pipeline.lake(), pipeline.configuration()).prove(EventDays.ALL);
  }

  private static Check of(VerifyReport report, String name) {
    return report.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private Dataset<Row> bronze(String statement) {
    SparkSession session = BatchProfile.LOW_LATENCY.session(pipeline.lake().session());
    String table = "delta.`" + pipeline.lake().table(TableDefinition.BRONZE).path() + "`";
    session.sql("alter table " + table + " set tblproperties ('delta.appendOnly' = 'false')");
    return session.sql(statement.replace("%s", table));
  }
}
