package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of docs/marts, over events that came in any order and doubled, next to what the test
 * counts by itself.
 */
@Tag("full")
class MartExamplesIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T20:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(9 * 86_400L);
  private static final int EVENTS = 600;
  private static final String EXAMPLES = "../docs/marts";

  /**
   * An event, as the test knows it.
   *
   * @param fields what a producer sends besides id, time, visitor and type
   */
  private record Sent(
      String id, Instant time, String visitor, String type, Map<String, Object> fields) {
    String text(String field) {
      return (String) fields.get(field);
    }

    int number(String field) {
      return (Integer) fields.get(field);
    }

    Instant hour() {
      return time.truncatedTo(ChronoUnit.HOURS);
    }

    Instant day() {
      return time.truncatedTo(ChronoUnit.DAYS);
    }

    BigDecimal amount() {
      return new BigDecimal(number("price")).multiply(new BigDecimal(number("quantity")));
    }
  }

  @TempDir static Path folder;
  private static final List<Sent> SENT = new ArrayList<>();
  private static PostgresServer postgres;

  @BeforeAll
  static void landInThreeParts() throws Exception {
    postgres = PostgresServer.start(folder.resolve("postgres"), 0);
    Random random = new Random(SEED);
    for (int i = 0; i < EVENTS; i++) {
      SENT.add(sent(i, random));
    }
    try (SparkSession spark =
        LakeSession.create(
            "MartExamplesIT", Configuration.builder().flag("spark.master", "local[2]").build())) {
      Lake lake = Lake.open(spark, configuration());
      List<Sent> order = new ArrayList<>(SENT);
      order.addAll(SENT.subList(0, EVENTS / 10));
      Collections.shuffle(order, random);
      int third = order.size() / 3;
      for (int part = 0; part < 3; part++) {
        List<Sent> rows =
            order.subList(part * third, part == 2 ? order.size() : (part + 1) * third);
        BronzeRows.land(
            lake,
            rows.stream().map(MartExamplesIT::json).toList(),
            part + 1L,
            (long) part * third,
            KAFKA_TIME);
        run(SilverJob.start(lake, configuration(), true));
        run(GoldJob.start(lake, configuration(), true));
      }
      assertThat(new LakeCheck(lake, configuration()).prove(EventDays.ALL).checks())
          .as("seed " + SEED)
          .anyMatch(check -> check.name().contains("gold.visit_searches is what silver says"))
          .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero());
    }
    assertThat(rows("SELECT file, problem, reason FROM gold.refused_marts")).isEmpty();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  private static void run(Layer layer) throws InterruptedException {
    try (layer) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static Configuration configuration() {
    return BronzeRows.configured(folder.resolve("lake"), postgres)
        .flag("gold.marts", EXAMPLES)
        .build();
  }

  private static Sent sent(int n, Random random) {
    Instant time = START.plusMillis(random.nextInt(8 * 3_600) * 1_000L);
    String visitor = "v" + random.nextInt(12);
    Map<String, Object> fields = new HashMap<>();
    String type =
        List.of("page_view", "search", "click", "purchase", "reading").get(random.nextInt(5));
    switch (type) {
      case "page_view" -> {
        String campaign = random.nextInt(4) == 0 ? "?utm_campaign=c" + random.nextInt(3) : "";
        fields.put("page", "/p" + random.nextInt(2));
        fields.put("url", "https://shop.example" + fields.get("page") + campaign);
        if (random.nextInt(3) == 0) {
          fields.put(
              "referrer",
              List.of("https://other.example/x", "https://shop.example/y").get(random.nextInt(2)));
        }
        fields.put("load_ms", random.nextInt(1, 900));
      }
      case "purchase" -> {
        fields.put("price", random.nextInt(100));
        fields.put("quantity", 1 + random.nextInt(3));
        if (random.nextInt(4) > 0) {
          fields.put("category", "cat" + random.nextInt(3));
        }
      }
      case "reading" -> {
        fields.put("sensor", "s" + random.nextInt(2));
        fields.put("celsius", "%d.%03d".formatted(random.nextInt(30), random.nextInt(1_000)));
      }
      default -> {}
    }
    return new Sent("e" + n, time, visitor, type, fields);
  }

  private static String json(Sent event) {
    Map<String, Object> all = new TreeMap<>(event.fields());
    if (all.remove("url") instanceof String url) {
      all.put("page", url);
    }
    all.put("event_id", event.id());
    all.put("timestamp", event.time().toString());
    all.put("user_id", event.visitor());
    all.put("event_type", event.type());
    try {
      return new ObjectMapper().writeValueAsString(all);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void revenueByCategoryAndHour() throws SQLException {
    assertRows(
        "SELECT extract(epoch FROM hour)::bigint, category, orders, revenue::bigint"
            + " FROM gold.revenue_by_category",
        grouped(
            of("purchase"),
            e ->
                "%d|%s"
                    .formatted(
                        e.hour().getEpochSecond(), e.fields().getOrDefault("category", "(none)")),
            group ->
                "%d|%s"
                    .formatted(
                        group.size(),
                        group.stream()
                            .map(Sent::amount)
                            .reduce(BigDecimal.ZERO, BigDecimal::add))));
  }

  @Test
  void searchesWithoutAClickInTheirVisit() throws SQLException {
    Map<Instant, int[]> days = new TreeMap<>();
    for (List<Sent> events : SENT.stream().collect(Collectors.groupingBy(Sent::visitor)).values()) {
      List<Sent> sorted = events.stream().sorted(Comparator.comparing(Sent::time)).toList();
      List<List<Sent>> visits = new ArrayList<>();
      for (Sent event : sorted) {
        List<Sent> last = visits.isEmpty() ? null : visits.get(visits.size() - 1);
        if (last == null
            || last.get(last.size() - 1)
                .time()
                .plus(Duration.ofMinutes(30))
                .isBefore(event.time())) {
          visits.add(new ArrayList<>());
        }
        visits.get(visits.size() - 1).add(event);
      }
      for (List<Sent> visit : visits) {
        if (visit.stream().anyMatch(e -> e.type().equals("search"))) {
          int[] counts = days.computeIfAbsent(visit.get(0).day(), day -> new int[2]);
          counts[0]++;
          counts[1] += visit.stream().noneMatch(e -> e.type().equals("click")) ? 1 : 0;
        }
      }
    }
    assertRows(
        "SELECT extract(epoch FROM day)::bigint, visits, without_click"
            + " FROM gold.searches_without_click",
        days.entrySet().stream()
            .map(d -> d.getKey().getEpochSecond() + "|" + d.getValue()[0] + "|" + d.getValue()[1])
            .toList());
  }

  @Test
  void the95thPercentileOfALoadTimeInStepsOf50Milliseconds() throws SQLException {
    assertRows(
        "SELECT extract(epoch FROM hour)::bigint, page, p95_up_to_ms, views"
            + " FROM gold.load_time_p95",
        grouped(
            of("page_view"),
            e -> e.hour().getEpochSecond() + "|" + e.text("page"),
            group -> {
              List<Integer> times = group.stream().map(e -> e.number("load_ms")).sorted().toList();
              // The least time that at least 95 of 100 do not exceed.
              int rank = (95 * times.size() + 99) / 100;
              return (times.get(rank - 1) + 49) / 50 * 50 + "|" + times.size();
            }));
  }

  @Test
  void ordersByTheLastTouchOfTheDayThatWasNotDirect() throws SQLException {
    Map<String, BigDecimal[]> campaigns = new TreeMap<>();
    SENT.stream()
        .collect(Collectors.groupingBy(e -> e.visitor() + " " + e.day()))
        .values()
        .forEach(
            day -> {
              List<Sent> orders = day.stream().filter(e -> e.type().equals("purchase")).toList();
              if (orders.isEmpty()) {
                return;
              }
              String touch =
                  day.stream()
                      .filter(e -> touch(e) != null)
                      .max(Comparator.comparing(Sent::time).thenComparing(Sent::id))
                      .map(MartExamplesIT::touch)
                      .orElse("(direct)");
              BigDecimal[] sums =
                  campaigns.computeIfAbsent(
                      day.get(0).day().getEpochSecond() + "|" + touch,
                      key -> new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO});
              orders.forEach(
                  order -> {
                    sums[0] = sums[0].add(BigDecimal.ONE);
                    sums[1] = sums[1].add(order.amount());
                  });
            });
    assertRows(
        "SELECT extract(epoch FROM day)::bigint, campaign, orders, revenue::bigint"
            + " FROM gold.orders_by_campaign",
        campaigns.entrySet().stream()
            .map(c -> c.getKey() + "|" + c.getValue()[0] + "|" + c.getValue()[1])
            .toList());
  }

  /** Null if it is direct, or from the shop itself. */
  private static String touch(Sent event) {
    String url = event.text("url");
    if (url != null && url.contains("utm_campaign=")) {
      return url.substring(url.indexOf('=') + 1);
    }
    String referrer = event.text("referrer");
    return referrer != null && referrer.contains("other.example") ? "other.example" : null;
  }

  @Test
  void aSensorsAverageLeastAndGreatestOfAMinute() throws SQLException {
    assertRows(
        "SELECT extract(epoch FROM minute)::bigint, sensor, readings, average, least, greatest"
            + " FROM gold.sensor_minutes",
        grouped(
            of("reading"),
            e -> e.time().truncatedTo(ChronoUnit.MINUTES).getEpochSecond() + "|" + e.text("sensor"),
            group -> {
              List<BigDecimal> values =
                  group.stream().map(e -> new BigDecimal(e.text("celsius"))).toList();
              BigDecimal sum = values.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
              return "%d|%s|%s|%s"
                  .formatted(
                      values.size(),
                      sum.divide(new BigDecimal(values.size()), 7, RoundingMode.HALF_UP),
                      Collections.min(values),
                      Collections.max(values));
            }));
  }

  private static List<Sent> of(String type) {
    return SENT.stream().filter(event -> event.type().equals(type)).toList();
  }

  private static List<String> grouped(
      List<Sent> events, Function<Sent, String> key, Function<List<Sent>, String> row) {
    return events.stream().collect(Collectors.groupingBy(key)).entrySet().stream()
        .map(group -> group.getKey() + "|" + row.apply(group.getValue()))
        .toList();
  }

  private static void assertRows(String sql, List<String> expected) throws SQLException {
    assertThat(expected).hasSizeGreaterThan(1);
    assertThat(new TreeSet<>(rows(sql))).as("seed " + SEED).isEqualTo(new TreeSet<>(expected));
  }

  /** Each row as its columns' texts between bars. */
  private static List<String> rows(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          cells.add(rows.getString(i));
        }
        texts.add(String.join("|", cells));
      }
    }
    return texts;
  }
}
