package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.bronze.BronzeJob;
import io.medallion.common.event.HostileEvents;
import io.medallion.common.event.InputExample;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.SilverJob;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes in, through a broker and the three layers as they run, with good events around it:
 * no layer stops, the good events arrive, and each bad one is in quarantine as it came.
 */
class InputIT {
  private static final String TOPIC = "clickstream_events";
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int HOSTILE_EVENTS = 20_000;

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static KafkaProducer<byte[], byte[]> producer;
  private static final List<Layer> LAYERS = new ArrayList<>();
  private static int goodEvents;

  /** Where a record went. */
  private record Position(int partition, long offset) implements Comparable<Position> {
    @Override
    public int compareTo(Position other) {
      return java.util.Comparator.comparingInt(Position::partition)
          .thenComparingLong(Position::offset)
          .compare(this, other);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    pipeline = Pipeline.in(folder);
    KafkaTopics.create(pipeline.kafka(), TOPIC, 2);
    // The producer's own times, and records beyond every limit of ours.
    topicSettings(
        Map.of(
            "max.message.bytes",
            "20000000",
            "message.timestamp.type",
            "CreateTime",
            "message.timestamp.after.max.ms",
            Long.toString(Long.MAX_VALUE),
            "message.timestamp.before.max.ms",
            Long.toString(Long.MAX_VALUE)));
    Map<String, Object> options = new HashMap<>(pipeline.kafka());
    options.put("max.request.size", "20000000");
    producer = new KafkaProducer<>(options, new ByteArraySerializer(), new ByteArraySerializer());
    LAYERS.add(pipeline.start(BronzeJob::start));
    LAYERS.add(pipeline.start(SilverJob::start));
    LAYERS.add(pipeline.start(GoldJob::start));
  }

  @AfterAll
  static void stop() {
    LAYERS.forEach(Layer::close);
    producer.close();
    pipeline.close();
  }

  @AfterEach
  void everyLayerStillRuns() {
    assertThat(LAYERS).allSatisfy(layer -> assertThat(layer.failure()).isEmpty());
  }

  @Test
  void everyExampleIsSilverOrQuarantineAsTheContractSays() throws Exception {
    Map<Position, InputExample> bad = new TreeMap<>();
    Map<Position, InputExample> legal = new TreeMap<>();
    long events = goldEvents();
    for (InputExample example : InputExample.bad().toList()) {
      sendGood();
      bad.put(send(0, example.value()), example);
    }
    for (InputExample example : InputExample.legal().toList()) {
      sendGood();
      legal.put(send(0, example.value()), example);
    }
    sendGood();
    awaitAllSilver();

    Map<Position, Row> quarantine = at(TableDefinition.QUARANTINE);
    Map<Position, Row> silver = at(TableDefinition.SILVER);
    assertThat(quarantine).containsKeys(bad.keySet().toArray(Position[]::new));
    bad.forEach(
        (position, example) -> {
          Row row = quarantine.get(position);
          assertThat((byte[]) row.getAs("value")).as(example.toString()).isEqualTo(example.value());
          assertThat(reasons(row)).as(example.toString()).containsExactly(example.outcome());
        });
    legal.forEach(
        (position, example) ->
            assertThat((String) silver.get(position).getAs("properties"))
                .as(example.toString())
                .isEqualTo(example.outcome()));
    assertThat(silver.keySet()).doesNotContainAnyElementsOf(bad.keySet());
    assertThat(quarantine.keySet()).doesNotContainAnyElementsOf(legal.keySet());
    int good = bad.size() + legal.size() + 1;
    awaitGold(events + good + legal.size());
    assertThat(pipeline.goldNumber("select sum(views) from gold.page_views where page = '/good'"))
        .isEqualTo(goodEvents);
  }

  @Test
  void lateEventsCountInTheMinuteTheyHappened() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Map<String, Instant> late = new TreeMap<>();
    for (int days : List.of(1, 30, 365)) {
      late.put("/late-" + days, now.minus(days, ChronoUnit.DAYS));
    }
    long events = goldEvents();
    for (Map.Entry<String, Instant> event : late.entrySet()) {
      send(
          1,
          "{\"timestamp\":%d,\"user_id\":\"late\",\"page\":\"%s\"}"
              .formatted(event.getValue().toEpochMilli(), event.getKey()));
    }
    awaitGold(events + late.size());

    Map<String, Instant> counted = new TreeMap<>();
    for (List<String> row :
        pipeline.gold(
            "select page, extract(epoch from window_start)::bigint, views from gold.page_views"
                + " where page like '/late-%'")) {
      assertThat(row.get(2)).isEqualTo("1");
      counted.put(row.get(0), Instant.ofEpochSecond(Long.parseLong(row.get(1))));
    }
    late.replaceAll((page, time) -> time.truncatedTo(ChronoUnit.MINUTES));
    assertThat(counted).isEqualTo(late);
  }

  @Test
  void copiesAreOneEventWhereverTheyComeAndAnotherPayloadIsAConflict() throws Exception {
    String time = Instant.now().minus(40, ChronoUnit.DAYS).toString();
    String event = "{\"event_id\":\"twice\",\"timestamp\":\"" + time + "\",\"user_id\":\"c\"}";
    String other = event.replace("}", ",\"page\":\"/other\"}");
    Position first = send(0, event);
    Set<Position> copies = new TreeSet<>(Set.of(send(0, event)));
    awaitAllSilver();
    copies.add(send(0, event));
    copies.add(send(1, event));
    final Position conflict = send(1, other);
    awaitAllSilver();

    Map<Position, Row> silver = at(TableDefinition.SILVER);
    Map<Position, Row> quarantine = at(TableDefinition.QUARANTINE);
    assertThat(silver).containsKey(first);
    assertThat(silver.keySet()).doesNotContainAnyElementsOf(copies).doesNotContain(conflict);
    assertThat(quarantine.keySet()).doesNotContainAnyElementsOf(copies);
    assertThat(reasons(quarantine.get(conflict)))
        .singleElement()
        .asString()
        .startsWith("ID_CONFLICT");
    assertThat((byte[]) quarantine.get(conflict).getAs("value"))
        .isEqualTo(other.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void recordsWithOddKafkaTimesAreAccountedFor() throws Exception {
    byte[] event =
        "{\"timestamp\":%d,\"user_id\":\"odd-time\"}"
            .formatted(System.currentTimeMillis())
            .getBytes(StandardCharsets.UTF_8);
    Position farAhead = send(record(0, 253_402_300_799_000L, event));
    Position none = send(timeless(0, event));
    awaitAllSilver();

    assertThat(at(TableDefinition.SILVER)).containsKeys(farAhead, none);
  }

  @Test
  void hostileEventsEndInOnePlaceEachAndKeepTheirBytes() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    HostileEvents events = new HostileEvents(seed);
    List<byte[]> sent = new ArrayList<>();
    List<Future<RecordMetadata>> answers = new ArrayList<>();
    for (int i = 0; i < HOSTILE_EVENTS; i++) {
      byte[] value = events.next();
      sent.add(value);
      answers.add(producer.send(record(i % 2, null, value)));
      if (i % 1_000 == 0) {
        sendGood();
      }
    }
    Map<Position, byte[]> at = new TreeMap<>();
    for (int i = 0; i < sent.size(); i++) {
      at.put(position(answers.get(i).get()), sent.get(i));
    }
    awaitAllSilver();

    Map<Position, Row> silver = at(TableDefinition.SILVER);
    Map<Position, Row> quarantine = at(TableDefinition.QUARANTINE);
    Set<String> ids =
        silver.values().stream()
            .map(row -> (String) row.getAs("event_id"))
            .collect(Collectors.toSet());
    at.forEach(
        (position, value) -> {
          String shown = "seed " + seed + ": " + new String(value, StandardCharsets.UTF_8);
          if (quarantine.containsKey(position)) {
            assertThat((byte[]) quarantine.get(position).getAs("value")).as(shown).isEqualTo(value);
            assertThat(silver).as(shown).doesNotContainKey(position);
          } else if (!silver.containsKey(position)) {
            assertThat(ids).as("a copy's first: " + shown).contains(idOf(value));
          }
        });
    assertThat(quarantine.keySet().stream().filter(at::containsKey).count())
        .isBetween(HOSTILE_EVENTS / 4L, HOSTILE_EVENTS - 100L);
  }

  private static String idOf(byte[] value) {
    try {
      String text = new String(value, StandardCharsets.UTF_8).replace("\uFEFF", "");
      return new ObjectMapper().readTree(text).path("event_id").asText();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void sendGood() throws Exception {
    send(
        0,
        "{\"timestamp\":%d,\"user_id\":\"good\",\"page\":\"/good\",\"event_id\":\"good-%d\"}"
            .formatted(System.currentTimeMillis(), ++goodEvents));
  }

  private static Position send(int partition, String value) throws Exception {
    return send(partition, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Position send(int partition, byte[] value) throws Exception {
    return send(record(partition, null, value));
  }

  private static Position send(ProducerRecord<byte[], byte[]> record)
      throws ExecutionException, InterruptedException {
    return position(producer.send(record).get());
  }

  private static ProducerRecord<byte[], byte[]> record(int partition, Long time, byte[] value) {
    return new ProducerRecord<>(TOPIC, partition, time, null, value);
  }

  /** Kafka's own "no timestamp", which the Java client refuses to build but every broker takes. */
  private static ProducerRecord<byte[], byte[]> timeless(int partition, byte[] value)
      throws ReflectiveOperationException {
    ProducerRecord<byte[], byte[]> record = record(partition, 0L, value);
    Field time = ProducerRecord.class.getDeclaredField("timestamp");
    time.setAccessible(true);
    time.set(record, -1L);
    return record;
  }

  private static Position position(RecordMetadata metadata) {
    return new Position(metadata.partition(), metadata.offset());
  }

  private static void topicSettings(Map<String, String> settings) throws Exception {
    try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, TOPIC),
                  settings.entrySet().stream()
                      .map(
                          s ->
                              new AlterConfigOp(
                                  new ConfigEntry(s.getKey(), s.getValue()),
                                  AlterConfigOp.OpType.SET))
                      .toList()))
          .all()
          .get();
    }
  }

  private static void awaitAllSilver() {
    long sent =
        KafkaTopics.endOffsets(pipeline.kafka(), TOPIC).values().stream()
            .mapToLong(Long::longValue)
            .sum();
    await().atMost(PATIENCE).until(() -> pipeline.state(TableDefinition.SILVER).read() == sent);
    TableState state = pipeline.state(TableDefinition.SILVER);
    assertThat(at(TableDefinition.SILVER)).hasSize((int) state.rows());
    assertThat(at(TableDefinition.QUARANTINE)).hasSize((int) state.quarantined());
  }

  private static void awaitGold(long events) throws Exception {
    await().atMost(PATIENCE).until(() -> goldEvents() >= events);
    assertThat(goldEvents()).isEqualTo(events);
  }

  private static long goldEvents() throws Exception {
    if (pipeline.gold("select to_regclass('gold.sessions')").get(0).get(0) == null) {
      return 0;
    }
    return pipeline.goldNumber("select coalesce(sum(events), 0) from gold.sessions");
  }

  private static List<String> reasons(Row row) {
    return row.<Row>getList(row.fieldIndex("reasons")).stream()
        .map(r -> r.getString(0) + (r.isNullAt(1) ? "" : " " + r.getString(1)))
        .toList();
  }

  /** A table's rows by position; fails where two have the same. */
  private static Map<Position, Row> at(TableDefinition definition) {
    LakeTable table = pipeline.lake().table(definition);
    Dataset<Row> rows = table.rowsAt(pipeline.lake().session(), table.version());
    return rows.collectAsList().stream()
        .collect(
            Collectors.toMap(
                row -> new Position(row.getAs("partition"), row.getAs("offset")),
                row -> row,
                (one, two) -> {
                  throw new AssertionError("twice in " + definition.name() + ": " + one);
                },
                TreeMap::new));
  }
}
