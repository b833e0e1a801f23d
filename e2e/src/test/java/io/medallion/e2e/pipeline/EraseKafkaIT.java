package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.Erase;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.KafkaComparison;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.replay.PersonIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own copy of an erased person's records brings nobody back. */
@Tag("full")
class EraseKafkaIT {
  private static final String TOPIC = "clickstream_events";
  private static final String ENRICHED = "enriched_activity";

  @TempDir Path folder;

  @Test
  void neitherTheProducerNorABronzeReadAnewBringsAPersonBack() throws Exception {
    try (Pipeline pipeline =
        Pipeline.in(
            folder, Map.of("silver.max-string-size", "256B", "silver.publish.enabled", "true"))) {
      KafkaTopics.create(pipeline.kafka(), TOPIC, 1);
      KafkaTopics.create(pipeline.kafka(), ENRICHED, 1);
      compact(pipeline);
      // Silver publishes what it appends after its first start.
      pipeline.drain();
      send(pipeline, EraseIT.all());
      pipeline.drain();
      assertThat(keys(pipeline, false)).contains(EraseIT.TARGET, EraseIT.DEVICE);

      Erase erase = Erase.of(pipeline.lake(), pipeline.configuration());
      Erase.Receipt receipt = erase.apply(erase.persons(List.of(), List.of(EraseIT.DEVICE), null));
      assertThat(receipt.tombstones()).isEqualTo(3);
      assertThat(keys(pipeline, true)).contains(EraseIT.TARGET, EraseIT.DEVICE, EraseIT.SESSION);
      pipeline.drain();
      long erased = EraseIT.ofTarget().size();
      clean(pipeline, erased);

      send(pipeline, EraseIT.ofTarget());
      pipeline.drain();
      clean(pipeline, 2 * erased);

      Files.move(Path.of(pipeline.lake().path(), "bronze"), folder.resolve("old-bronze"));
      Files.move(Path.of(pipeline.lake().path(), "silver"), folder.resolve("old-silver"));
      pipeline.spoil("DROP SCHEMA gold, gold_staging CASCADE");
      pipeline.drain();
      clean(pipeline, 2 * erased);
      assertThat(erase.status()).allSatisfy(status -> assertThat(status.cameAgain()).isPositive());
      erase.apply(PersonIds.NONE);
      pipeline.drain();
      clean(pipeline, 2 * erased);
      assertThat(
              Traces.inDatabase(
                  pipeline.connect(), List.of(EraseIT.TARGET, EraseIT.DEVICE, EraseIT.EVENT)))
          .isEmpty();
    }
  }

  private static void clean(Pipeline pipeline, long erased) {
    Configuration configuration = pipeline.configuration();
    VerifyReport report =
        new LakeCheck(pipeline.lake(), configuration, KafkaComparison.ALL).prove(EventDays.ALL);
    assertThat(report.holds()).as("%s", report).isTrue();
    assertThat(report.isWhole()).as("%s", report).isTrue();
    assertThat(pipeline.state(TableDefinition.SILVER).quarantinedByReason().get("ERASED"))
        .isEqualTo(erased);
    var silver = pipeline.lake().table(TableDefinition.SILVER);
    assertThat(
            silver
                .rowsAt(pipeline.lake().session(), silver.version())
                .where("concat_ws(' ', user_id, anonymous_id, session_id) like '%target%'")
                .count())
        .isZero();
  }

  private static void compact(Pipeline pipeline) throws Exception {
    try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, ENRICHED),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  private static void send(Pipeline pipeline, List<String> events) {
    Map<String, Object> settings = new HashMap<>(pipeline.kafka());
    settings.put("enable.idempotence", "true");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (String event : events) {
        ProducerRecord<String, String> record = new ProducerRecord<>(TOPIC, event);
        record.headers().add("from", "a shop".getBytes(StandardCharsets.UTF_8));
        sent.add(producer.send(record));
      }
      producer.flush();
      assertThat(sent).allMatch(Future::isDone);
    }
  }

  /** Of the enriched topic's tombstones, or of its other records. */
  private static List<String> keys(Pipeline pipeline, boolean tombstones) {
    List<String> keys = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            new HashMap<>(pipeline.kafka()), new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(ENRICHED).stream()
              .map(found -> new TopicPartition(ENRICHED, found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
          if (tombstones == (record.value() == null)) {
            keys.add(record.key());
          }
        }
      }
    }
    return keys;
  }
}
