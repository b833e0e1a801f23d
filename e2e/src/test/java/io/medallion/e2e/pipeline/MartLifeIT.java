package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.marts.MartCheck;
import io.medallion.operations.marts.MartInventory;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A mart of a user's own from its first file to its last row. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MartLifeIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T22:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(9 * 86_400L);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String BY_PAGE = "SELECT page, count(*) AS events FROM silver GROUP BY ALL";

  private static final int SECONDS = 28 * 3_600;

  /** What a test knows of an event, which happened so many seconds after the start. */
  private record Landed(String user, String page, int price, int second) {}

  @TempDir static Path folder;
  private static final Random RANDOM = new Random(SEED);
  private static final List<Landed> EVENTS = new ArrayList<>();

  /** Users who were seen with their device. */
  private static final Set<String> LINKED = new HashSet<>();

  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Lake lake;
  private static Path marts;
  private static long seq;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "MartLifeIT", Configuration.builder().flag("spark.master", "local[2]").build());
    lake = Lake.open(spark, configuration(false));
    marts = Files.createDirectories(folder.resolve("marts"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Configuration configuration(boolean strict) {
    return BronzeRows.configured(folder.resolve("lake"), postgres)
        .flag("gold.marts", folder.resolve("marts").toString())
        .flag("gold.marts.strict", Boolean.toString(strict))
        .build();
  }

  @Test
  @Order(1)
  void aNewFileIsFilledFromHistoryAndFollowsFromThere() throws Exception {
    land(150);
    assertThat(gold(false)).isNull();
    write("events_by_page", "-- Events of a page\n" + BY_PAGE + "  -- as they come\n");
    assertThat(gold(false)).isNull();
    assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());

    land(60);
    assertThat(gold(false)).isNull();
    assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());
    assertThat(texts("SELECT obj_description('gold.events_by_page'::regclass)"))
        .containsExactly("Events of a page");
    assertVerified();
  }

  @Tag("full")
  @Test
  @Order(2)
  void aChangedFileIsMadeAgainAndTakesThePlaceOfTheOldOne() throws Exception {
    write(
        "events_by_page",
        "SELECT site, page, count(*) AS events, count(DISTINCT visitor) AS users,"
            + " max(price) AS dearest"
            + " FROM silver GROUP BY ALL");
    write("of_pages.view", "SELECT sum(events) AS events FROM gold.events_by_page");
    assertThat(gold(false)).isNull();
    assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());
    assertThat(
            texts("SELECT page || ' ' || users || ' ' || trunc(dearest) FROM gold.events_by_page"))
        .as("seed " + SEED)
        .containsExactlyInAnyOrderElementsOf(usersAndDearest());
    assertThat(texts("SELECT events FROM gold.of_pages"))
        .containsExactly(Integer.toString(EVENTS.size()));
    assertVerified();
  }

  @Test
  @Order(3)
  void aFileThatCannotBeKeptStopsNothingButWhereItShould() throws Exception {
    write("middle", "SELECT page, median(price) AS m FROM silver GROUP BY ALL");
    land(20);
    assertThat(gold(false)).isNull();
    assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());
    assertThat(MedallionException.in(gold(true)).code()).isEqualTo(ErrorCode.MART_REFUSED);
    Files.delete(marts.resolve("middle.sql"));
  }

  @Tag("full")
  @Test
  @Order(4)
  void aMartIsFilledBesideALiveGold() throws Exception {
    write("live", "SELECT site, visitor, count(*) AS events FROM silver GROUP BY ALL");
    try (Layer layer = GoldJob.start(lake, configuration(false), false)) {
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                land(15);
                List<String> seen =
                    texts(
                        "SELECT count(*) FROM pg_tables WHERE tablename = 'live' AND schemaname = 'gold'");
                return layer.failure().isPresent() || seen.equals(List.of("1"));
              });
      assertThat(layer.failure()).isEmpty();
      land(15);
      String all = Integer.toString(EVENTS.size());
      await()
          .atMost(PATIENCE)
          .until(() -> texts("SELECT sum(events) FROM gold.live").equals(List.of(all)));
      assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());
      assertThat(texts("SELECT visitor FROM gold.live"))
          .as("devices count for their users, seed " + SEED)
          .containsExactlyInAnyOrderElementsOf(LINKED);
    }
    assertVerified();
  }

  @Tag("full")
  @Test
  @Order(5)
  void aMartWhoseFileIsGoneStays() throws Exception {
    Files.delete(marts.resolve("live.sql"));
    assertThat(gold(false)).isNull();
    assertThat(texts("SELECT sum(events) FROM gold.live"))
        .containsExactly(Integer.toString(EVENTS.size()));
  }

  @Tag("full")
  @Test
  @Order(6)
  void aMartThatFailsOverAnEventStopsNoOther() throws Exception {
    write(
        "decoded", "SELECT url_decode(page) AS page, count(*) AS events FROM silver GROUP BY ALL");
    write(
        "wide",
        "SELECT concat('a', page) AS a, concat('b', page) AS b, concat('c', page) AS c,"
            + " count(*) AS events FROM silver GROUP BY ALL");
    try (Layer layer = GoldJob.start(lake, configuration(false), false)) {
      awaitWhileLanding(layer, "SELECT count(*) FROM gold.marts WHERE mart IN ('decoded', 'wide')");
      land(
          List.of(
              new Landed("u1", "/%zz", 1, SECONDS),
              new Landed("u2", incompressible(1_000), 1, SECONDS)));
      awaitWhileLanding(layer, "SELECT count(*) FROM gold.refused_marts WHERE failed");
      land(15);
      String all = Integer.toString(EVENTS.size());
      await()
          .atMost(PATIENCE)
          .until(() -> texts("SELECT sum(events) FROM gold.events_by_page").equals(List.of(all)));
      assertThat(layer.failure()).isEmpty();
    }
    assertThat(byPage()).as("seed " + SEED).isEqualTo(counted());
    assertThat(texts("SELECT problem || ': ' || reason FROM gold.refused_marts ORDER BY file"))
        .satisfiesExactly(
            decoded ->
                assertThat(decoded)
                    .startsWith("The mart decoded failed: [CANNOT_DECODE_URL]")
                    .contains("at the event e"),
            wide -> assertThat(wide).startsWith("The mart wide failed: ").contains("index row"));
    assertThat(MartInventory.read(lake, configuration(false)).entries())
        .filteredOn(entry -> entry.state() == MartInventory.State.FAILED)
        .extracting(MartInventory.Entry::name)
        .containsExactly("decoded", "wide");
    assertThat(
            MartCheck.of(lake, configuration(false), marts.resolve("decoded.sql"), 1_000).refused())
        .satisfies(refused -> assertThat(refused.reason()).startsWith("[CANNOT_DECODE_URL]"));
    assertVerified();
    assertThat(MedallionException.in(gold(true)).code()).isEqualTo(ErrorCode.MART_FAILED);

    // Tried again at a start, and set aside again.
    assertThat(gold(false)).isNull();
    assertThat(texts("SELECT count(*) FROM gold.refused_marts WHERE failed")).containsExactly("2");

    Files.delete(marts.resolve("wide.sql"));
    write(
        "decoded",
        "SELECT coalesce(try_url_decode(page), 'broken') AS page, count(*) AS events"
            + " FROM silver GROUP BY ALL");
    assertThat(gold(false)).isNull();
    Map<String, Integer> decoded = counted();
    decoded.put("broken", decoded.remove("/%zz"));
    assertThat(eventsBy("decoded")).as("seed " + SEED).isEqualTo(decoded);
    assertThat(texts("SELECT count(*) FROM gold.refused_marts")).containsExactly("0");
    assertVerified();
  }

  /** A text that Postgres cannot make shorter. */
  private static String incompressible(int length) {
    StringBuilder text = new StringBuilder("/");
    while (text.length() < length) {
      text.append((char) ('0' + RANDOM.nextInt('~' - '0')));
    }
    return text.toString().replaceAll("[^0-9A-Za-z/]", "-");
  }

  private static void awaitWhileLanding(Layer layer, String count) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              land(15);
              return layer.failure().isPresent() || texts(count).equals(List.of("2"));
            });
    assertThat(layer.failure()).isEmpty();
  }

  private static void assertVerified() {
    VerifyReport report = new LakeCheck(lake, configuration(false)).prove(EventDays.ALL);
    assertThat(report.checks())
        .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero());
    assertThat(report.checks())
        .anyMatch(check -> check.name().contains("gold.events_by_page is what silver says"));
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(marts.resolve(name + ".sql"), text);
  }

  private static void land(int count) throws InterruptedException {
    land(
        Stream.generate(
                () ->
                    new Landed(
                        "u" + RANDOM.nextInt(9),
                        "/p/" + RANDOM.nextInt(4),
                        RANDOM.nextInt(90),
                        RANDOM.nextInt(SECONDS)))
            .limit(count)
            .toList());
  }

  private static void land(List<Landed> landed) throws InterruptedException {
    List<String> events = new ArrayList<>();
    long first = EVENTS.size();
    EVENTS.addAll(landed);
    for (int i = 0; i < landed.size(); i++) {
      Landed event = landed.get(i);
      events.add(
          """
          {"event_id":"e%d","timestamp":"%s",%s,"event_type":"click","page":"%s","price":%d}"""
              .formatted(
                  first + i,
                  START.plusSeconds(event.second()),
                  ids(event.user(), first + i),
                  event.page(),
                  event.price()));
    }
    BronzeRows.land(lake, events, ++seq, first, KAFKA_TIME);
    try (Layer layer = SilverJob.start(lake, configuration(false), true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  /** Of three events one has the user, one the device's id as well, and one only that. */
  private static String ids(String user, long event) {
    String id = "\"user_id\":\"%s\"".formatted(user);
    String device = "\"anonymous_id\":\"device of %s\"".formatted(user);
    boolean first = LINKED.add(user);
    return first || event % 3 == 1 ? id + "," + device : event % 3 == 0 ? id : device;
  }

  /** Why gold stopped; null if it did what it had to. */
  private static Throwable gold(boolean strict) throws InterruptedException {
    try (Layer layer = GoldJob.start(lake, configuration(strict), true, Optional.empty())) {
      layer.await();
      return layer.failure().orElse(null);
    }
  }

  private static Map<String, Integer> counted() {
    Map<String, Integer> counted = new TreeMap<>();
    EVENTS.forEach(event -> counted.merge(event.page(), 1, Integer::sum));
    return counted;
  }

  private static List<String> usersAndDearest() {
    return counted().keySet().stream()
        .map(
            page -> {
              List<Landed> of = EVENTS.stream().filter(e -> e.page().equals(page)).toList();
              return "%s %d %d"
                  .formatted(
                      page,
                      of.stream().map(Landed::user).distinct().count(),
                      of.stream().mapToInt(Landed::price).max().orElseThrow());
            })
        .toList();
  }

  private static Map<String, Integer> byPage() throws SQLException {
    return eventsBy("events_by_page");
  }

  private static Map<String, Integer> eventsBy(String mart) throws SQLException {
    Map<String, Integer> rows = new TreeMap<>();
    for (String row : texts("SELECT page || ' ' || events FROM gold." + mart)) {
      rows.put(row.split(" ", -1)[0], Integer.parseInt(row.split(" ", -1)[1]));
    }
    return rows;
  }

  private static List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
