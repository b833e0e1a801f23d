package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.demo.geoip.DemoCity;
import io.medallion.demo.geoip.DemoGeoip;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.Erase;
import io.medallion.operations.query.Query;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.GoldLineage;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.PersonIds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code silver.pseudonymize} bronze alone says who somebody is, from Kafka to Kafka, while
 * all else is as without: places, crawlers, links between ids, explain, verify, erasure, through a
 * change of the key.
 */
@Tag("full")
class PseudonymsIT {
  private static final String IN = "clickstream_events";
  private static final String OUT = "enriched_activity";
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");
  private static final String FIRST_KEY = "the first key of this test, long enough";
  private static final String SECOND_KEY = "the second key of this test, long enough";
  private static final String USER = "user-anna-4711";
  private static final String DEVICE = "device-anna-4711";
  private static final String SESSION = "session-anna-4711";
  private static final String MAIL = "anna-4711@mail.example";
  private static final String ADDRESS =
      DemoCity.all().get(0).ipv4().replaceAll("\\.\\d+/.*", ".77");
  private static final List<String> ORIGINALS = List.of(USER, DEVICE, SESSION, MAIL, ADDRESS);

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    KafkaTopics.create(kafka.client(), IN, 1);
    try (Admin admin = Admin.create(new HashMap<>(kafka.client()))) {
      NewTopic compacted = new NewTopic(OUT, 1, (short) 1);
      admin
          .createTopics(List.of(compacted.configs(Map.of("cleanup.policy", "compact"))))
          .all()
          .get();
    }
    postgres = PostgresServer.start(folder.resolve("postgres"), 0);
    spark =
        LakeSession.create(
            "PseudonymsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    Files.writeString(
        folder.resolve("contract.yaml"),
        """
        columns:
          mail: {type: string, from: [mail, contact.mail]}
          provider: {type: string, expr: "substring_index(mail, '@', -1)"}
        """);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    postgres.close();
    kafka.close();
  }

  @Test
  void bronzeAloneSaysWhoSomebodyIs() throws Exception {
    Configuration first = configuration(Map.of("pseudonym.key", FIRST_KEY));
    Lake lake = Lake.open(spark, first);
    send(
        event("e1", 0, null, DEVICE, "Mozilla/5.0 (compatible; Googlebot/2.1)"),
        event("e2", 60, null, DEVICE, "Mozilla/5.0"),
        event("e3", 120, USER, DEVICE, "Mozilla/5.0"),
        event("e3", 120, USER, DEVICE, "Mozilla/5.0"),
        event("e3", 120, USER, DEVICE, "another payload"),
        "{\"user_id\":\"" + USER + "\",\"mail\":\"" + MAIL + "\",\"time",
        "{\"user_id\":\"%s\",\"timestamp\":\"%s\"}".formatted(USER, ADDRESS),
        event("other", 0, "somebody", "some-device", "Mozilla/5.0"));
    drain(lake, first);

    nothingIsThereInClear(lake);
    String user = hmac(FIRST_KEY, USER);
    String device = hmac(FIRST_KEY, DEVICE);
    assertThat(Traces.inFiles(spark, Path.of(lake.path(), "silver"), List.of(user))).isNotEmpty();
    assertThat(inDatabase(List.of(user))).isNotEmpty();
    assertThat(published()).contains(user).contains(device);
    assertThat(Traces.inFiles(spark, Path.of(lake.path(), "bronze"), ORIGINALS)).isNotEmpty();
    assertThat(
            rows(
                lake,
                first,
                "SELECT event_id, is_bot, city, ip_address, visitor, user_id, session_id, mail IS NULL, provider"
                    + " FROM silver WHERE event_id LIKE 'e%' ORDER BY event_id"))
        .containsExactly(
            row("e1", true, device, null),
            row("e2", false, device, null),
            row("e3", false, user, user));
    assertThat(gold("SELECT id, kind, person FROM gold.identities"))
        .contains("[%s,anonymous,%s]".formatted(device, user));
    assertThat(gold("SELECT visitor, events FROM gold.sessions WHERE events = 2"))
        .containsExactly("[%s,2]".formatted(user));
    verify(lake, first);
    for (String id : List.of(DEVICE, device)) {
      assertThat(
              new GoldLineage(lake, first)
                  .of("identities", List.of(IN, id, "anonymous"), 5)
                  .row()
                  .values())
          .contains(user);
    }

    Configuration both =
        configuration(Map.of("pseudonym.key", SECOND_KEY, "pseudonym.previous-key", FIRST_KEY));
    send(event("e2", 60, null, DEVICE, "Mozilla/5.0"), event("e4", 180, USER, null, "Mozilla/5.0"));
    drain(lake, both);
    assertThat(lake.table(TableDefinition.SILVER).state().duplicates()).isEqualTo(2);
    assertThat(rows(lake, both, "SELECT visitor FROM silver WHERE event_id = 'e4'"))
        .containsExactly("[" + hmac(SECOND_KEY, USER) + "]");
    verify(lake, both);
    isFoundWhereSpoiled(
        lake, Map.of("pseudonym.key", SECOND_KEY, "pseudonym.previous-key", FIRST_KEY));
    Erase erase = Erase.of(lake, both);
    PersonIds asked = erase.persons(List.of(USER), List.of(), null);
    assertThat(erase.plan(asked).lake().persons().of(Kind.ANONYMOUS)).contains(device);
    assertThat(erase.plan(asked).lake().tables())
        .filteredOn(table -> table.table().equals("silver"))
        .singleElement()
        .satisfies(table -> assertThat(table.days()).containsEntry(DAY, 4L));

    // The past is carried over, and the old key may go.
    Backfill.of(lake, both).apply(DAY, DAY);
    Configuration second = configuration(Map.of("pseudonym.key", SECOND_KEY));
    drain(lake, second);
    assertThat(
            rows(lake, second, "SELECT * FROM silver").stream()
                .filter(row -> row.contains(user) || row.contains(device)))
        .isEmpty();
    assertThat(gold("SELECT visitor, events FROM gold.sessions WHERE events = 3"))
        .containsExactly("[%s,3]".formatted(hmac(SECOND_KEY, USER)));
    verify(lake, second);

    Erase.Receipt receipt =
        Erase.of(lake, second)
            .apply(Erase.of(lake, second).persons(List.of(USER), List.of(), null));
    assertThat(receipt.tables())
        .filteredOn(table -> table.table().equals("silver"))
        .singleElement()
        .satisfies(table -> assertThat(table.days()).containsEntry(DAY, 4L));
    assertThat(receipt.tombstones()).isEqualTo(3);
    // What silver knew by a pseudonym alone stays out under a key that erase never saw.
    Configuration third =
        configuration(Map.of("pseudonym.key", "a third key, that came much later"));
    send(event("e5", 240, null, DEVICE, "Mozilla/5.0"));
    drain(lake, third);
    assertThat(rows(lake, third, "SELECT event_id FROM silver")).containsExactly("[other]");
    nothingIsThereInClear(lake);
    assertThat(new LakeCheck(lake, third).prove(EventDays.ALL).holds()).isTrue();
  }

  /** A row by the previous key that says something else is found as one by the current key is. */
  private static void isFoundWhereSpoiled(Lake lake, Map<String, String> keys) throws Exception {
    Path copy = folder.resolve("spoiled");
    PristineLake.copy(Path.of(lake.path()), copy);
    Configuration configuration = configuration(copy, keys);
    Lake spoiled = Lake.open(spark, configuration);
    String silver = spoiled.table(TableDefinition.SILVER).path();
    spark.sql("UPDATE delta.`%s` SET page = '/spoiled' WHERE event_id = 'e1'".formatted(silver));
    VerifyReport report = new LakeCheck(spoiled, configuration).prove(EventDays.ALL);
    assertThat(report.checks())
        .filteredOn(check -> check.name().equals("silver says what bronze's bytes say"))
        .singleElement()
        .matches(check -> check.off() == 1);
  }

  private static void verify(Lake lake, Configuration configuration) {
    VerifyReport report = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(report.holds()).as("%s", report).isTrue();
    assertThat(report.omitted()).isEmpty();
    assertThat(report.checks())
        .filteredOn(check -> check.name().equals("silver says what bronze's bytes say"))
        .singleElement()
        .matches(check -> check.examined() >= 4);
  }

  private static String row(String event, boolean bot, String visitor, String user)
      throws Exception {
    DemoCity city = DemoCity.all().get(0);
    return "[%s,%s,%s,%s,%s,%s,%s,false,%s]"
        .formatted(
            event,
            bot,
            city.city(),
            hmac(FIRST_KEY, ADDRESS),
            visitor,
            user,
            hmac(FIRST_KEY, SESSION),
            hmac(FIRST_KEY, MAIL));
  }

  private static void nothingIsThereInClear(Lake lake) throws Exception {
    for (String table : List.of("silver", "_served", "_erasures")) {
      Path files = Path.of(lake.path(), table);
      if (Files.exists(files)) {
        assertThat(Traces.inFiles(spark, files, ORIGINALS)).isEmpty();
      }
    }
    assertThat(inDatabase(ORIGINALS)).isEmpty();
    assertThat(published()).isNotEmpty().doesNotContain(ORIGINALS);
  }

  private static List<String> inDatabase(List<String> texts) throws Exception {
    try (Connection connection =
        DriverManager.getConnection(
            postgres.url(), postgres.owner().user(), postgres.owner().password())) {
      return Traces.inDatabase(connection, texts);
    }
  }

  /** Keys, values and headers. */
  private static String published() {
    StringBuilder all = new StringBuilder();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            new HashMap<>(kafka.client()), new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(OUT, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                record -> {
                  all.append(record.key()).append(' ').append(record.value());
                  record
                      .headers()
                      .forEach(
                          header -> all.append(new String(header.value(), StandardCharsets.UTF_8)));
                });
      }
    }
    return all.toString();
  }

  private static List<String> gold(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
          row.add(result.getString(column));
        }
        rows.add(row.toString().replace(", ", ","));
      }
    }
    return rows;
  }

  private static void drain(Lake lake, Configuration configuration) throws Exception {
    for (LayerLauncher.Start start :
        List.<LayerLauncher.Start>of(BronzeJob::start, SilverJob::start, GoldJob::start)) {
      try (Layer layer = start.start(lake, configuration, true)) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
    }
  }

  private static List<String> rows(Lake lake, Configuration configuration, String sql) {
    return new Query(lake, configuration)
        .rows(sql).collectAsList().stream().map(Row::toString).toList();
  }

  private static void send(String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(kafka.client()), new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (String value : values) {
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    IN,
                    USER.getBytes(StandardCharsets.UTF_8),
                    value.getBytes(StandardCharsets.UTF_8))));
      }
      for (var one : sent) {
        one.get();
      }
    }
  }

  private static String event(String id, long seconds, String user, String device, String agent) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%s\",\"session_id\":\"%s\",\"ip\":\"%s\",\"contact\":{\"mail\":\"%s\",\"n\":1},\"user_agent\":\"%s\",\"page\":\"/\"%s%s}"
        .formatted(
            id,
            START.plusSeconds(seconds),
            id.equals("other") ? "s" : SESSION,
            ADDRESS,
            MAIL,
            agent,
            user == null ? "" : ",\"user_id\":\"" + user + "\"",
            device == null ? "" : ",\"anonymous_id\":\"" + device + "\"");
  }

  private static Configuration configuration(Map<String, String> keys) throws Exception {
    return configuration(folder.resolve("lake"), keys);
  }

  private static Configuration configuration(Path lake, Map<String, String> keys) throws Exception {
    return BronzeRows.configured(lake, postgres)
        .services(keys, "the test")
        .flag("kafka.bootstrap-servers", kafka.bootstrapServers())
        .flag("silver.publish.enabled", "true")
        .flag("silver.contract", folder.resolve("contract.yaml").toString())
        .flag("silver.geoip.database", DemoGeoip.install(folder.resolve("geoip")).toString())
        .flag("silver.pseudonymize", "user_id,anonymous_id,session_id,ip_address,mail")
        .build();
  }

  private static String hmac(String key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of()
        .formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))
        .substring(0, 32);
  }
}
