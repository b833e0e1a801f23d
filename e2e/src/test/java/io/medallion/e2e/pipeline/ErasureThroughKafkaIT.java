package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.demo.ingest.FileIngest;
import io.medallion.demo.ingest.IngestListener;
import io.medallion.demo.ingest.IngestSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.Erase;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.KafkaComparison;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.Erasure;
import io.medallion.silver.replay.PersonIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
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

/**
 * Kafka keeps its own copy of an erased person's records, and producers send them again: none of it
 * comes back, and every record of Kafka still has its place.
 */
@Tag("full")
class ErasureThroughKafkaIT {
  private static final String IN = "clickstream_events";
  private static final String OUT = "enriched_activity";
  private static final List<String> PERSON =
      List.of(ErasureEvents.TARGET, ErasureEvents.DEVICE, ErasureEvents.SESSION);

  @TempDir Path folder;

  @Test
  void whoWasErasedStaysOutHoweverTheEventsComeBack() throws Exception {
    Path file = folder.resolve("events.jsonl");
    Files.write(file, ErasureEvents.mixed(EraseIT.ofTarget()));
    Path key = Files.writeString(folder.resolve("key"), "a key that is long enough");
    Map<String, String> settings =
        Map.of(
            "silver.max-string-size", "256B",
            "silver.publish.enabled", "true",
            // Of a column that is no id; the topic's keys are ids in clear.
            "silver.pseudonymize", "ip_address",
            "pseudonym.key-file", key.toString());
    try (Pipeline pipeline = Pipeline.in(folder.resolve("data"), settings)) {
      try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
        ConfigResource out = new ConfigResource(ConfigResource.Type.TOPIC, OUT);
        AlterConfigOp compact =
            new AlterConfigOp(
                new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(out, List.of(compact))).all().get();
      }
      ingest(pipeline, file);
      pipeline.drain();
      assertThat(published(pipeline)).containsKey(ErasureEvents.TARGET);

      Erase erase = Erase.of(pipeline.lake(), pipeline.configuration());
      Erase.Receipt receipt =
          erase.apply(erase.persons(List.of(ErasureEvents.TARGET), List.of(), null));
      pipeline.drain();
      List<List<List<String>>> right = gold(pipeline);
      assertThat(right.toString()).doesNotContain(PERSON);
      assertThat(receipt.tombstones()).isEqualTo(PERSON.size());
      Map<String, Optional<String>> published = published(pipeline);
      assertThat(PERSON)
          .allSatisfy(id -> assertThat(published).containsEntry(id, Optional.empty()));
      assertThat(published.get("other-1")).isPresent();
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());

      send(pipeline, ErasureEvents.mixed(EraseIT.ofTarget()));
      ingest(pipeline, file);
      pipeline.drain();
      assertThat(silverEvents(pipeline.lake()))
          .isEqualTo(ErasureEvents.eventIds(ErasureEvents.others()));
      assertThat(gold(pipeline)).isEqualTo(right);
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());
      erase.apply(PersonIds.NONE);
      pipeline.drain();
      assertThat(gold(pipeline)).isEqualTo(right);
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());

      anew(pipeline, right);
    }
  }

  /** With the totals kept: what is kept counts, and what comes back does not, wherever from. */
  @Test
  void totalsThatAreKeptStayHoweverTheEventsComeBack() throws Exception {
    Path file = folder.resolve("events.jsonl");
    Files.write(file, ErasureEvents.mixed(EraseIT.ofTarget()));
    Map<String, String> settings = Map.of("silver.max-string-size", "256B");
    try (Pipeline pipeline = Pipeline.in(folder.resolve("data"), settings)) {
      send(pipeline, ErasureEvents.mixed(EraseIT.ofTarget()));
      pipeline.drain();
      final List<List<String>> before = totals(pipeline);

      Erase erase = Erase.of(pipeline.lake(), pipeline.configuration());
      Erase.Receipt receipt =
          erase.apply(
              erase.persons(List.of(ErasureEvents.TARGET), List.of(), null), Erasure.Totals.KEPT);
      pipeline.drain();
      assertThat(receipt.kept()).isEqualTo(5);
      assertThat(totals(pipeline)).isEqualTo(before);
      List<List<List<String>>> right = gold(pipeline);
      assertThat(right.toString()).doesNotContain(PERSON);
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());

      send(pipeline, ErasureEvents.mixed(EraseIT.ofTarget()));
      ingest(pipeline, file);
      pipeline.drain();
      assertThat(gold(pipeline)).isEqualTo(right);
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());
      erase.apply(PersonIds.NONE);
      pipeline.drain();
      assertThat(gold(pipeline)).isEqualTo(right);
      everyRecordHasItsPlace(pipeline.lake(), pipeline.configuration());
      assertThat(totals(pipeline)).isEqualTo(before);
    }
  }

  /** Numbers in which nobody's id is. */
  private static List<List<String>> totals(Pipeline pipeline) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    all.addAll(
        pipeline.gold("SELECT window_start::text, page, views FROM gold.page_views ORDER BY 1, 2"));
    all.addAll(
        pipeline.gold(
            "SELECT session_start::text, session_end::text, events, page_views FROM gold.sessions ORDER BY 1, 2, 3, 4"));
    all.addAll(
        pipeline.gold("SELECT day::text, count(*) FROM gold.daily_users GROUP BY 1 ORDER BY 1"));
    all.addAll(
        pipeline.gold(
            "SELECT kind, person IS NULL, count(*) FROM gold.identities GROUP BY 1, 2 ORDER BY 1, 2"));
    return all;
  }

  /**
   * Tables, checkpoints and positions are lost, and Kafka has all of it: the list alone is left.
   */
  private void anew(Pipeline pipeline, List<List<List<String>>> right) throws Exception {
    Path lost = Path.of(pipeline.lake().path());
    Path found = folder.resolve("anew");
    Files.createDirectories(found.resolve("_erasures"));
    try (Stream<Path> files = Files.list(lost.resolve("_erasures"))) {
      for (Path one : files.toList()) {
        Files.copy(one, found.resolve("_erasures").resolve(one.getFileName()));
      }
    }
    Configuration configuration =
        Configuration.builder()
            .services(pipeline.settings(), "the test's services")
            .flag("lake.path", found.toString())
            .flag("silver.max-string-size", "256B")
            .build();
    Lake lake = Lake.open(pipeline.lake().session(), configuration);
    drain(BronzeJob.start(lake, configuration, true));
    drain(SilverJob.start(lake, configuration, true));
    drain(GoldJob.start(lake, configuration, true, Optional.of(Set.of())));
    assertThat(silverEvents(lake)).isEqualTo(ErasureEvents.eventIds(ErasureEvents.others()));
    assertThat(gold(pipeline)).isEqualTo(right);
    assertThat(Traces.inFiles(lake.session(), found.resolve("silver"), PERSON)).isEmpty();
    assertThat(Traces.inFiles(lake.session(), found.resolve("bronze"), PERSON)).isNotEmpty();
    everyRecordHasItsPlace(lake, configuration);
    Erase.of(lake, configuration).apply(PersonIds.NONE);
    everyRecordHasItsPlace(lake, configuration);
  }

  private static void drain(Layer layer) throws InterruptedException {
    try (layer) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  /** By every byte that Kafka has: of emptied rows the place is compared. */
  private static void everyRecordHasItsPlace(Lake lake, Configuration configuration) {
    VerifyReport report =
        new LakeCheck(lake, configuration, KafkaComparison.ALL).prove(EventDays.ALL);
    assertThat(report.holds()).as("%s", report).isTrue();
    assertThat(report.omitted()).isEmpty();
    assertThat(report.checks())
        .filteredOn(check -> check.name().equals("bronze's rows are Kafka's records"))
        .singleElement()
        .matches(
            check ->
                check.examined() == lake.table(TableDefinition.BRONZE).state().rows()
                    && check.off() == 0);
  }

  private static Set<String> silverEvents(Lake lake) {
    var silver = lake.table(TableDefinition.SILVER);
    return silver
        .rowsAt(lake.session(), silver.version())
        .select("event_id")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  private static List<List<List<String>>> gold(Pipeline pipeline) throws SQLException {
    return List.of(
        pipeline.gold(
            "SELECT site, visitor, session_start::text, session_end::text, events, page_views"
                + " FROM gold.sessions ORDER BY 1, 2, 3"),
        pipeline.gold(
            "SELECT site, window_start::text, page, views FROM gold.page_views ORDER BY 1, 2, 3"),
        pipeline.gold("SELECT site, day::text, visitor FROM gold.daily_users ORDER BY 1, 2, 3"),
        pipeline.gold("SELECT site, kind, id, person FROM gold.identities ORDER BY 1, 2, 3"));
  }

  private static void ingest(Pipeline pipeline, Path file) {
    FileIngest.ingest(
        new IngestSettings(pipeline.kafka(), IN, Map.of()), List.of(file), new IngestListener() {});
  }

  private static void send(Pipeline pipeline, List<String> events) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            new HashMap<>(pipeline.kafka()), new StringSerializer(), new StringSerializer())) {
      for (String event : events) {
        ProducerRecord<String, String> record =
            new ProducerRecord<>(IN, ErasureEvents.TARGET, event);
        record.headers().add("of", ErasureEvents.TARGET.getBytes(StandardCharsets.UTF_8));
        producer.send(record).get();
      }
    }
  }

  /** The last value of each key; empty for a tombstone. */
  private static Map<String, Optional<String>> published(Pipeline pipeline) {
    Map<String, Optional<String>> last = new HashMap<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            new HashMap<>(pipeline.kafka()), new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(OUT).stream()
              .map(partition -> new TopicPartition(OUT, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> last.put(record.key(), Optional.ofNullable(record.value())));
      }
    }
    return last;
  }
}
