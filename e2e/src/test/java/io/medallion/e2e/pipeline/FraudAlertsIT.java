package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.medallion.cli.CommandContext;
import io.medallion.cli.Medallion;
import io.medallion.common.config.Configuration;
import io.medallion.demo.geoip.DemoGeoip;
import io.medallion.demo.services.EmbeddedKafka;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
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

/**
 * Fraud as the examples of docs/alerts find it, from records in bronze to a webhook: an account
 * that is used on two continents within minutes, a burst of purchases, carts filled faster than
 * people do, late events that take an alert back, and a gold that dies while it tells.
 */
@Tag("full")
class FraudAlertsIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant KAFKA_TIME = START.plus(Duration.ofMinutes(190));
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A place of the demo's GeoIP database. */
  private record Place(String address, double latitude, double longitude) {}

  private static final Place NEW_YORK = new Place("198.18.0.7", 40.7128, -74.0060);
  private static final Place CHICAGO = new Place("198.18.16.7", 41.8781, -87.6298);
  private static final Place TORONTO = new Place("198.18.40.7", 43.6532, -79.3832);
  private static final Place SAO_PAULO = new Place("198.18.64.7", -23.5505, -46.6333);
  private static final List<Place> PLACES = List.of(NEW_YORK, CHICAGO, TORONTO, SAO_PAULO);

  /** An event as the test knows it. */
  private record Sent(String id, Instant time, String user, String device, String type, Place at) {}

  /** What a message says. */
  private record Told(
      String id, String alert, String state, String visitor, String key, Instant start) {}

  private static final String TOPIC = "alerts";

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static EmbeddedKafka kafka;
  private static SparkSession spark;
  private static HttpServer server;
  private static final List<String> RECEIVED = new CopyOnWriteArrayList<>();
  private static final List<String> TOKENS = new CopyOnWriteArrayList<>();
  private static final AtomicBoolean KILL = new AtomicBoolean();
  private static final List<Sent> SENT = new ArrayList<>();
  private static long offset;
  private static long seq;
  private static int ids;

  @BeforeAll
  static void start() throws IOException {
    postgres = PostgresServer.start(folder.resolve("postgres"), 0);
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    KafkaTopics.create(kafka.client(), TOPIC, 1);
    spark =
        LakeSession.create(
            "FraudAlertsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/hook", FraudAlertsIT::take);
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
    spark.stop();
    kafka.close();
    postgres.close();
  }

  /** Where gold is to die, it does so when the message has come and before that is noted. */
  private static void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      RECEIVED.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      TOKENS.add(exchange.getRequestHeaders().getFirst("Authorization"));
      if (KILL.getAndSet(false)) {
        execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = 'medallion-gold' AND pid <> pg_backend_pid()");
      }
      exchange.sendResponseHeaders(200, -1);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.writer().user(), postgres.writer().password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Configuration configuration() throws IOException {
    return BronzeRows.configured(folder.resolve("lake"), postgres)
        .flag("gold.marts", "../docs/alerts")
        .flag("silver.geoip.database", DemoGeoip.install(folder.resolve("geoip")).toString())
        .flag("kafka.bootstrap-servers", kafka.bootstrapServers())
        .flag("gold.alerts.topic", TOPIC)
        .environment(
            Map.of(
                "MEDALLION_GOLD_ALERTS_WEBHOOK_URL",
                "http://127.0.0.1:%d/hook".formatted(server.getAddress().getPort()),
                "MEDALLION_GOLD_ALERTS_WEBHOOK_TOKEN",
                "s3cret"))
        .build();
  }

  @Test
  void fraudIsToldOnceAndTakenBackWhereItWasNone() throws Exception {
    Random random = new Random(SEED);
    Configuration configuration = configuration();
    Lake lake = Lake.open(spark, configuration);
    play(random);
    KILL.set(true);
    land(lake, configuration, SENT, KAFKA_TIME, random);
    assertThat(RECEIVED).as("gold died when the first message was out").hasSize(1);
    assertThat(KILL).isFalse();
    gold(lake, configuration);
    List<Told> first = told();
    assertThat(first.get(1)).as("the same again").isEqualTo(first.get(0));
    Set<String> once = first.stream().map(Told::id).collect(Collectors.toSet());
    assertThat(once).hasSize(first.size() - 1);
    assertThat(TOKENS).containsOnly("Bearer s3cret");
    assertThat(raised(first)).as("seed " + SEED).isEqualTo(expected(false));
    assertThat(raised(first))
        .contains("impossible_move alice", "cart_velocity trent " + minute(60))
        .anyMatch(alert -> alert.startsWith("purchase_burst mallory"))
        .noneMatch(alert -> alert.contains("bob") || alert.contains("carol"));

    // The device turns out to be two users', so that what was done with it was not Alice's; and
    // Mallory has begun earlier than was known.
    List<Sent> late =
        List.of(
            sent(31, "zoe", "d1", "page_view", NEW_YORK),
            sent(18, "mallory", null, "purchase", TORONTO));
    SENT.addAll(late);
    land(lake, configuration, late, KAFKA_TIME.plus(Duration.ofMinutes(2)), random);
    List<Told> second = told().subList(first.size(), told().size());
    assertThat(
            second.stream().map(told -> told.alert() + " " + told.state() + " " + told.visitor()))
        .as("seed " + SEED)
        .contains(
            "impossible_move withdrawn alice",
            "purchase_burst withdrawn mallory",
            "purchase_burst raised mallory");
    List<Told> all = new ArrayList<>(told());
    assertThat(raised(all)).as("seed " + SEED).isEqualTo(expected(true));

    gold(lake, configuration);
    assertThat(told()).as("nothing new, nothing told").hasSameSizeAs(all);
    try (Layer layer = GoldJob.start(lake, configuration, true, Optional.of(Set.of()))) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
    assertThat(told()).as("made again, nothing told").hasSameSizeAs(all);
    assertTopicHas(all);
    assertCommandsShow(raised(all));
    assertThat(new LakeCheck(lake, configuration).prove(EventDays.ALL).checks())
        .anyMatch(check -> check.name().contains("gold.visits_to_places is what silver says"))
        .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero());
  }

  /** The topic has each message once, as nobody died while it was told. */
  private static void assertTopicHas(List<Told> all) {
    Map<String, Object> settings = new HashMap<>(kafka.client());
    settings.put("bootstrap.servers", kafka.bootstrapServers());
    List<String> ids = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofSeconds(1))) {
          if (!message.key().equals("stale")) {
            ids.add(new String(message.headers().lastHeader("id").value(), StandardCharsets.UTF_8));
            assertThat(message.value()).contains(ids.get(ids.size() - 1));
          }
        }
      }
    }
    assertThat(ids).isEqualTo(all.stream().map(Told::id).distinct().collect(Collectors.toList()));
  }

  /** A trial of a file says what gold has raised, and the list counts it. */
  private static void assertCommandsShow(Set<String> raised) throws IOException {
    StringWriter out = new StringWriter();
    long bursts = raised.stream().filter(alert -> alert.startsWith("purchase_burst")).count();
    assertThat(run(out, "alerts", "test", "../docs/alerts/purchase_burst.alert.yaml")).isZero();
    assertThat(out.toString())
        .contains("\"visitor\": \"mallory\"")
        .contains("purchase_burst would be raised %d times over windows".formatted(bursts));
    out.getBuffer().setLength(0);
    assertThat(run(out, "alerts", "list")).isZero();
    assertThat(out.toString())
        .containsPattern("purchase_burst +gold.visitor_purchases +judged +" + bursts)
        .containsPattern("many_refused +quarantine +judged +0")
        .containsPattern("stale +freshness +judged +1");
    Path wrong = folder.resolve("wrong.alert.yaml");
    Files.writeString(
        wrong,
        "mart: visitor_purchases\nwindow: {start: window_start, length: 1m}\nwhen: purchase > 1\n");
    out.getBuffer().setLength(0);
    assertThat(run(out, "alerts", "test", wrong.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("wrong.alert.yaml:3:7: Postgres does not take the alert wrong")
        .contains("Did you mean purchases?");
    out.getBuffer().setLength(0);
    assertThat(run(out, "status")).isZero();
    assertThat(out.toString()).containsPattern("alerts: \\d+ raised in the last day");
  }

  private static int run(StringWriter out, String... command) throws IOException {
    Path settings = folder.resolve("settings.properties");
    Files.writeString(
        settings,
        String.join(
            "\n",
            "lake.path=" + folder.resolve("lake"),
            "gold.marts=../docs/alerts",
            "kafka.bootstrap-servers=" + kafka.bootstrapServers(),
            "postgres.url=" + postgres.url(),
            "postgres.user=" + postgres.writer().user(),
            "postgres.password=" + postgres.writer().password()));
    List<String> line = new ArrayList<>(List.of(command));
    line.add("--config=" + settings);
    PrintWriter printed = new PrintWriter(out, true);
    return Medallion.run(
        new CommandContext(folder, Map.of(), printed, printed, false), line.toArray(String[]::new));
  }

  /** What happens, in an order of its own. */
  private static void play(Random random) {
    for (int i = 0; i < 5; i++) {
      SENT.add(sent(20 + 2 * i, "mallory", null, "purchase", TORONTO));
    }
    for (int i = 0; i < 21; i++) {
      SENT.add(
          new Sent(
              "e" + ids++,
              START.plusSeconds(3_600 + 5L * i),
              "trent",
              null,
              "add_to_cart",
              TORONTO));
    }
    SENT.add(sent(30, "alice", "d1", "page_view", NEW_YORK));
    SENT.add(sent(41, null, "d1", "page_view", SAO_PAULO));
    // 1,144 km take longer than an hour, and two are there.
    SENT.add(sent(0, "bob", null, "page_view", NEW_YORK));
    SENT.add(sent(120, "bob", null, "page_view", CHICAGO));
    SENT.add(sent(10, "carol", null, "page_view", TORONTO));
    SENT.add(sent(11, "carol", null, "page_view", TORONTO));
    SENT.add(sent(12, "carol", null, "page_view", TORONTO));
    for (int i = 0; i < 260; i++) {
      String user = "u" + random.nextInt(12);
      SENT.add(
          new Sent(
              "e" + ids++,
              START.plusSeconds(random.nextInt(180 * 60)),
              user,
              null,
              List.of("page_view", "purchase").get(random.nextInt(2)),
              random.nextInt(12) == 0
                  ? PLACES.get(random.nextInt(PLACES.size()))
                  : PLACES.get(user.hashCode() & 1)));
    }
  }

  private static Sent sent(int minute, String user, String device, String type, Place at) {
    return new Sent("e" + ids++, START.plusSeconds(60L * minute), user, device, type, at);
  }

  private static void land(
      Lake lake, Configuration configuration, List<Sent> events, Instant kafkaTime, Random random)
      throws Exception {
    List<Sent> order = new ArrayList<>(events);
    Collections.shuffle(order, random);
    List<String> records = new ArrayList<>();
    for (Sent event : order) {
      Map<String, Object> fields = new HashMap<>();
      fields.put("event_id", event.id());
      fields.put("timestamp", event.time().toString());
      fields.put("event_type", event.type());
      fields.put("ip_address", event.at().address());
      fields.put("page", "/");
      if (event.user() != null) {
        fields.put("user_id", event.user());
      }
      if (event.device() != null) {
        fields.put("anonymous_id", event.device());
      }
      records.add(JSON.writeValueAsString(fields));
    }
    BronzeRows.land(lake, records, ++seq, offset, kafkaTime);
    offset += records.size();
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
    gold(lake, configuration);
  }

  private static void gold(Lake lake, Configuration configuration) throws InterruptedException {
    try (Layer gold = GoldJob.start(lake, configuration, true)) {
      gold.await();
      assertThat(gold.failure()).isEmpty();
    }
  }

  private static List<Told> told() throws IOException {
    List<Told> told = new ArrayList<>();
    for (String body : RECEIVED) {
      JsonNode message = JSON.readTree(body);
      if (!message.get("alert").asText().equals("stale")) {
        told.add(
            new Told(
                message.get("id").asText(),
                message.get("alert").asText(),
                message.get("state").asText(),
                message.get("key").path("visitor").asText(),
                message.get("key").toString(),
                OffsetDateTime.parse(message.get("window_start").asText()).toInstant()));
      }
    }
    return told;
  }

  /** What a receiver believes that drops copies: alert, visitor, and the window but for moves. */
  private static Set<String> raised(List<Told> messages) {
    Set<String> seen = new HashSet<>();
    Map<String, Told> last = new LinkedHashMap<>();
    for (Told told : messages) {
      if (seen.add(told.id())) {
        last.put("%s %s %s".formatted(told.alert(), told.key(), told.start()), told);
      }
    }
    return last.values().stream()
        .filter(told -> told.state().equals("raised"))
        .map(
            told ->
                "%s %s%s"
                    .formatted(
                        told.alert(),
                        told.visitor(),
                        told.alert().equals("impossible_move") ? "" : " " + told.start()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Instant minute(int minute) {
    return START.plusSeconds(60L * minute);
  }

  /**
   * The same by looking at every pair of events and every window.
   *
   * @param twoUsers whether the device is known to be two users'
   */
  private static Set<String> expected(boolean twoUsers) {
    Map<String, List<Sent>> byVisitor = new TreeMap<>();
    for (Sent event : SENT) {
      String visitor = event.user() != null ? event.user() : twoUsers ? event.device() : "alice";
      byVisitor.computeIfAbsent(visitor, v -> new ArrayList<>()).add(event);
    }
    Instant complete = KAFKA_TIME.plus(Duration.ofMinutes(twoUsers ? 0 : -2));
    Set<String> expected = new TreeSet<>();
    byVisitor.forEach(
        (visitor, events) -> {
          for (Sent a : events) {
            for (Sent b : events) {
              double hours = Math.abs(Duration.between(a.time(), b.time()).toMillis()) / 3.6e6;
              double kilometres = kilometres(a.at(), b.at());
              if (kilometres >= 500 && kilometres > 1_000 * hours) {
                expected.add("impossible_move " + visitor);
              }
            }
          }
          windows(visitor, events, "purchase", 10, 5, complete, "purchase_burst", expected);
          windows(visitor, events, "add_to_cart", 2, 20, complete, "cart_velocity", expected);
        });
    return expected;
  }

  private static void windows(
      String visitor,
      List<Sent> events,
      String type,
      int minutes,
      int least,
      Instant complete,
      String alert,
      Set<String> expected) {
    boolean before = false;
    for (Instant start = START.minus(1, ChronoUnit.HOURS);
        !start.plusSeconds(60L * minutes).isAfter(complete);
        start = start.plusSeconds(60)) {
      Instant from = start;
      long found =
          events.stream()
              .filter(e -> e.type().equals(type))
              .filter(e -> !e.time().isBefore(from))
              .filter(e -> e.time().isBefore(from.plusSeconds(60L * minutes)))
              .count();
      if (found >= least && !before) {
        expected.add("%s %s %s".formatted(alert, visitor, start));
      }
      before = found >= least;
    }
  }

  /** By Vincenty's formula for the sphere, which has no trouble with any angle. */
  private static double kilometres(Place a, Place b) {
    double p = Math.toRadians(a.latitude());
    double q = Math.toRadians(b.latitude());
    double l = Math.toRadians(b.longitude() - a.longitude());
    double x = Math.cos(q) * Math.sin(l);
    double y = Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(l);
    double z = Math.sin(p) * Math.sin(q) + Math.cos(p) * Math.cos(q) * Math.cos(l);
    return 6371.0088 * Math.atan2(Math.hypot(x, y), z);
  }
}
