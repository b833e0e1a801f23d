package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.cli.lake.LakeQuestions;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.GoldLineage;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.Lineage;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.ReplayReport;
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
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Events of three sites in three time zones around the days on which clocks change in Berlin, in
 * silver and in marts by local days, next to what a calendar says.
 */
@Tag("full")
class SitesIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-11-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String BERLIN = "shop-de";
  private static final String KOLKATA = "shop-in";

  /** Events that name no site are of their topic's. */
  private static final String TOPIC = "t";

  private static final Map<String, ZoneId> ZONES =
      Map.of(
          BERLIN, ZoneId.of("Europe/Berlin"),
          KOLKATA, ZoneId.of("Asia/Kolkata"),
          TOPIC, ZoneId.of("UTC"));

  private static final String RIGHT =
      "sites: {shop-de: {time_zone: Europe/Berlin}, shop-in: {time_zone: Asia/Kolkata}}";
  private static final String WRONG =
      "sites: {shop-de: {time_zone: America/New_York}, t: {time_zone: Australia/Lord_Howe}}";

  /** Berlin's days of 23 and of 25 hours. */
  private static final LocalDate SHORT = LocalDate.parse("2026-03-29");

  private static final LocalDate LONG = LocalDate.parse("2026-10-25");

  private static final Map<String, String> MARTS =
      Map.of(
          "site_months",
          """
          SELECT trunc(local_date, 'month') AS month, site, count(DISTINCT visitor) AS visitors,
            count(*) AS events
          FROM silver GROUP BY ALL
          """,
          "site_hours",
          """
          SELECT date_trunc('hour', event_time) AS hour, site, local_date AS day, count(*) AS events
          FROM silver GROUP BY ALL
          """);

  /** An event, as the test knows it. */
  private record Sent(String id, Instant time, String site, String visitor, boolean isOrder) {
    LocalDate day() {
      return time.atZone(ZONES.get(site)).toLocalDate();
    }

    String json() {
      return "{\"event_id\":\"%s\",\"timestamp\":\"%s\",\"user_id\":\"%s\",\"event_type\":\"%s\"%s}"
          .formatted(
              id,
              time,
              visitor,
              isOrder ? "purchase" : "page_view",
              site.equals(TOPIC) ? "" : ",\"site\":\"%s\"".formatted(site));
    }
  }

  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @TempDir Path folder;
  private List<Sent> sent;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "SitesIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void prepare() throws Exception {
    GoldRows.empty(postgres);
    Path marts = Files.createDirectory(folder.resolve("marts"));
    for (Map.Entry<String, String> mart : MARTS.entrySet()) {
      Files.writeString(marts.resolve(mart.getKey() + ".sql"), mart.getValue());
    }
    Files.copy(Path.of("../docs/marts/site_days.sql"), marts.resolve("site_days.sql"));
    sent = new ArrayList<>();
    Random random = new Random(11);
    add(Instant.parse("2026-03-27T21:10:00Z"), Instant.parse("2026-03-31T02:00:00Z"), random);
    add(Instant.parse("2026-10-24T15:10:00Z"), Instant.parse("2026-10-26T20:00:00Z"), random);
  }

  /** Every twenty minutes, and at the first and last moment of each hour and half hour. */
  private void add(Instant from, Instant until, Random random) {
    List<String> sites = List.of(BERLIN, KOLKATA, TOPIC);
    for (Instant time = from; time.isBefore(until); time = time.plus(20, ChronoUnit.MINUTES)) {
      Instant half = time.truncatedTo(ChronoUnit.HOURS).plus(30, ChronoUnit.MINUTES);
      for (Instant at : List.of(time, half, half.minusNanos(1_000), half.plusSeconds(1_800))) {
        sent.add(
            new Sent(
                "e" + sent.size(),
                at,
                sites.get(sent.size() % 3),
                "u" + random.nextInt(40),
                random.nextInt(5) == 0));
      }
    }
    Collections.shuffle(sent, random);
  }

  @Test
  void daysOf23And25HoursAndOfHalfAnHourAreThoseOfTheCalendar() throws Exception {
    Configuration configuration = configuration("lake", RIGHT);
    Lake lake = landed(configuration);
    run(lake, configuration);

    LakeTable silver = lake.table(TableDefinition.SILVER);
    assertThat(
            silver
                .rowsAt(spark, silver.version())
                .selectExpr("event_id || ' ' || site || ' ' || local_date")
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(
            sent.stream().map(e -> e.id() + " " + e.site() + " " + e.day()).toList());
    assertThat(
            rows(
                "SELECT site || ' ' || day || ' ' || events || ' ' || visitors || ' ' || orders FROM gold.site_days"))
        .containsExactlyInAnyOrderElementsOf(
            grouped(e -> e.site() + " " + e.day()).entrySet().stream()
                .map(
                    group ->
                        "%s %d %d %d"
                            .formatted(
                                group.getKey(),
                                group.getValue().size(),
                                visitors(group.getValue()),
                                group.getValue().stream().filter(Sent::isOrder).count()))
                .toList());
    assertThat(rows("SELECT site || ' ' || month || ' ' || visitors FROM gold.site_months"))
        .containsExactlyInAnyOrderElementsOf(
            grouped(e -> e.site() + " " + e.day().withDayOfMonth(1)).entrySet().stream()
                .map(group -> group.getKey() + " " + visitors(group.getValue()))
                .toList());
    assertThat(rows("SELECT sum(events)::text FROM gold.site_hours GROUP BY day, site"))
        .hasSize(grouped(e -> e.site() + " " + e.day()).size());
    assertThat(hours(SHORT)).isEqualTo(23);
    assertThat(hours(LONG)).isEqualTo(25);

    LakeCheck proof = new LakeCheck(lake, configuration);
    VerifyReport clean = proof.prove(EventDays.ALL);
    assertThat(clean.checks())
        .anyMatch(check -> check.name().equals("silver's rows keep the contract"))
        .anyMatch(check -> check.name().contains("gold.site_days is what silver says"))
        .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero());

    List<Sent> ofTheShortDay =
        sent.stream().filter(e -> e.site().equals(BERLIN) && e.day().equals(SHORT)).toList();
    Lineage lineage =
        new GoldLineage(lake, configuration)
            .of("site_days", List.of(SHORT.toString(), BERLIN), sent.size());
    assertThat(lineage.first())
        .extracting(Lineage.Event::eventId)
        .containsExactlyInAnyOrderElementsOf(ofTheShortDay.stream().map(Sent::id).toList());

    // The page is told the same; it names other columns of the row as well.
    try (LakeQuestions page = new LakeQuestions(configuration, lake::session)) {
      JsonNode told =
          new ObjectMapper()
              .readTree(
                  page.lineage(
                      "site_days",
                      Map.of("events", "0", "day", SHORT.toString(), "site", BERLIN),
                      sent.size()));
      assertThat(told.get("first").findValuesAsText("event_id"))
          .containsExactlyInAnyOrderElementsOf(ofTheShortDay.stream().map(Sent::id).toList());
      assertThat(page.quarantined(Optional.empty(), Optional.empty(), Optional.empty()))
          .startsWith("[");
    }

    // A day that silver does not have right is found, in silver and in what gold counted of it.
    BatchProfile.LOW_LATENCY
        .session(lake.session())
        .sql(
            "update delta.`%s` set local_date = local_date + 1 where event_id = '%s'"
                .formatted(silver.path(), ofTheShortDay.get(0).id()));
    VerifyReport found = proof.prove(EventDays.ALL);
    assertThat(off(found, "silver's rows keep the contract")).isEqualTo(1);
    assertThat(off(found, "silver says what bronze's bytes say")).isEqualTo(1);
  }

  @Test
  void aZoneThatWasWrongIsRightAfterABackfill() throws Exception {
    Configuration right = configuration("fresh", RIGHT);
    Lake fresh = landed(right);
    run(fresh, right);
    final List<String> silver = silver(fresh);
    final List<List<String>> gold = gold();
    GoldRows.empty(postgres);
    Configuration wrong = configuration("lake", WRONG);
    Lake lake = landed(wrong);
    run(lake, wrong);
    assertThat(silver(lake)).isNotEqualTo(silver);
    assertThat(gold()).isNotEqualTo(gold);

    Configuration today = configuration("lake", RIGHT);
    try (Layer live = GoldJob.start(lake, wrong, false)) {
      Backfill backfill = Backfill.of(lake, today);
      ReplayReport done =
          backfill.apply(LocalDate.parse("2026-03-27"), LocalDate.parse("2026-10-26"));
      assertThat(backfill.awaitGold(done, PATIENCE)).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(live.failure()).isEmpty();
    }

    assertThat(silver(lake)).isEqualTo(silver);
    assertThat(gold()).isEqualTo(gold);
    assertThat(new LakeCheck(lake, today).prove(EventDays.ALL).checks())
        .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero());
  }

  private static long off(VerifyReport report, String name) {
    return report.checks().stream()
        .filter(check -> check.name().equals(name))
        .mapToLong(Check::off)
        .sum();
  }

  /** From the first half hour in Berlin's day to the last, in hours. */
  private static int hours(LocalDate day) throws SQLException {
    String hours =
        rows("SELECT count(DISTINCT hour)::text FROM gold.site_hours WHERE site = 'shop-de' AND day = '%s'"
                .formatted(day))
            .get(0);
    return Integer.parseInt(hours);
  }

  private Map<String, List<Sent>> grouped(Function<Sent, String> key) {
    return sent.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()));
  }

  private static int visitors(List<Sent> events) {
    Set<String> visitors = new TreeSet<>();
    events.forEach(event -> visitors.add(event.visitor()));
    return visitors.size();
  }

  private Lake landed(Configuration configuration) {
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, sent.stream().map(Sent::json).toList(), 1, 0, KAFKA_TIME);
    return lake;
  }

  private static void run(Lake lake, Configuration configuration) throws InterruptedException {
    try (Layer layer = SilverJob.start(lake, configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
    try (Layer layer = GoldJob.start(lake, configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static List<String> silver(Lake lake) {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return silver.rowsAt(spark, silver.version()).toJSON().collectAsList().stream()
        .sorted()
        .toList();
  }

  private static List<List<String>> gold() throws SQLException {
    List<List<String>> all = new ArrayList<>(GoldRows.all(postgres));
    for (String table : List.of("site_days", "site_days__visitors", "site_months", "site_hours")) {
      all.add(
          rows("SELECT t::text FROM gold.%s t ORDER BY t::text COLLATE \"C\"".formatted(table)));
    }
    return all;
  }

  private static List<String> rows(String query) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    }
  }

  private Configuration configuration(String lake, String contract) throws IOException {
    Path file = folder.resolve("contract-%d.yaml".formatted(contract.hashCode()));
    Files.writeString(file, contract);
    return BronzeRows.configured(folder.resolve(lake), postgres)
        .flag("silver.contract", file.toString())
        .flag("gold.marts", folder.resolve("marts").toString())
        .build();
  }
}
