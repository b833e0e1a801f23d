package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.geoip.DemoCity;
import io.medallion.demo.geoip.DemoGeoip;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.query.TableDiff;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.ReplayReport;
import io.medallion.silver.replay.diff.DayChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people correct history for. Each case ends in the rows of silver and gold that a pipeline
 * without the mistake makes of the same bronze.
 */
class CorrectionCasesIT {
  private static final Instant START = Instant.parse("2026-03-01T20:00:00Z");
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  private static final LocalDate FIRST_DAY = LocalDate.parse("2026-03-01");
  private static final LocalDate LAST_DAY = LocalDate.parse("2026-03-02");
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int EVENTS = 60;
  private static final String COUNTRY = "Germany";

  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Path geoip;

  @TempDir Path folder;

  /** The rows of silver and of gold. */
  private record Tables(List<String> silver, List<List<String>> gold) {}

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    geoip = DemoGeoip.install(shared.resolve("geoip"));
    spark =
        LakeSession.create(
            "CorrectionCasesIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void emptyGold() throws Exception {
    GoldRows.empty(postgres);
  }

  @Test
  void wrongCountriesOfTwoDaysAreRightWithTheCorrectedDatabase() throws Exception {
    final Tables right = fresh(Map.of("silver.geoip.database", geoip.toString()));
    Configuration wrong = configuration("lake", Map.of("silver.geoip.database", wrongDatabase()));
    Configuration today = configuration("lake", Map.of("silver.geoip.database", geoip.toString()));
    Lake lake = landed(wrong);
    run(lake, wrong);
    assertThat(tables(lake).gold()).isNotEqualTo(right.gold());
    LakeTable silver = lake.table(TableDefinition.SILVER);
    final long before = silver.version();

    ReplayReport done = published(lake, today);

    assertThat(tables(lake)).isEqualTo(right);
    // The diff names every event of the country, and what about it is another now.
    long wronged = events().stream().filter(event -> event.contains(address(COUNTRY))).count();
    assertThat(changed(done)).isEqualTo(wronged).isPositive();
    TableDiff diff = TableDiff.of(lake, spark, "silver", before, silver.version(), EVENTS);
    assertThat(diff.added()).isZero();
    assertThat(diff.removed()).isZero();
    assertThat(diff.changed()).isEqualTo(wronged);
    assertThat(diff.rows())
        .hasSize((int) wronged)
        .allSatisfy(
            row -> {
              assertThat(row.kind()).isEqualTo(TableDiff.Kind.CHANGED);
              assertThat(row.columns()).containsExactly("country");
            });

    long version = silver.version();
    assertThat(published(lake, today).days()).isEmpty();
    assertThat(silver.version()).isEqualTo(version);
  }

  @Tag("full")
  @Test
  void aFieldThatIsWantedOnlyNowIsFilledFromBronze() throws Exception {
    final Tables right = fresh(Map.of("silver.fields.product_id", "sku"));
    Configuration then = configuration("lake", Map.of());
    Lake lake = landed(then);
    run(lake, then);
    assertThat(lake.table(TableDefinition.SILVER).rowsAt(spark, 1).where("product_id = 'sku-1'"))
        .satisfies(rows -> assertThat(rows.count()).isZero());

    published(lake, configuration("lake", Map.of("silver.fields.product_id", "sku")));

    assertThat(tables(lake)).isEqualTo(right);
    assertThat(right.silver()).anyMatch(row -> row.contains("\"product_id\":\"sku-1\""));
  }

  @Tag("full")
  @Test
  void truncatedGoldAndDeletedSilverAreMadeAnew() throws Exception {
    final Tables right = fresh(Map.of());
    Configuration configuration = configuration("lake", Map.of());
    Lake lake = landed(configuration);
    run(lake, configuration);
    assertThat(tables(lake)).isEqualTo(right);

    GoldRows.truncate(postgres);
    assertThat(tables(lake).gold()).isNotEqualTo(right.gold());
    await(GoldJob.start(lake, configuration, true, Optional.of(Set.of())));
    assertThat(tables(lake)).isEqualTo(right);

    deleteTree(Path.of(lake.path()).resolve("silver"));
    // What a process that has been started again does not know.
    DeltaLog.clearCache();
    await(SilverJob.start(lake, configuration, true));
    await(GoldJob.start(lake, configuration, true, Optional.of(Set.of())));
    assertThat(tables(lake)).isEqualTo(right);
  }

  /** What a pipeline that has had the settings from the beginning makes of the events. */
  private Tables fresh(Map<String, String> settings) throws Exception {
    Configuration configuration = configuration("fresh", settings);
    Lake lake = landed(configuration);
    run(lake, configuration);
    Tables right = tables(lake);
    GoldRows.empty(postgres);
    return right;
  }

  private static Lake landed(Configuration configuration) {
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, events(), 1, 0, KAFKA_TIME);
    return lake;
  }

  private static void run(Lake lake, Configuration configuration) throws InterruptedException {
    await(SilverJob.start(lake, configuration, true));
    await(GoldJob.start(lake, configuration, true));
  }

  /** Next to a live gold. */
  private ReplayReport published(Lake lake, Configuration today) throws Exception {
    Configuration then = configuration("lake", Map.of());
    try (Layer gold = GoldJob.start(lake, then, false)) {
      Backfill backfill = Backfill.of(lake, today);
      ReplayReport done = backfill.apply(FIRST_DAY, LAST_DAY);
      assertThat(backfill.awaitGold(done, PATIENCE)).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(gold.failure()).isEmpty();
      return done;
    }
  }

  private static long changed(ReplayReport report) {
    return report.days().values().stream().mapToLong(DayChange::changed).sum();
  }

  private static void await(Layer started) throws InterruptedException {
    try (Layer layer = started) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static Tables tables(Lake lake) throws Exception {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    List<String> rows =
        silver.rowsAt(spark, silver.version()).toJSON().collectAsList().stream().sorted().toList();
    return new Tables(rows, GoldRows.all(postgres));
  }

  /** Views, carts and purchases of two days by people from three countries. */
  private static List<String> events() {
    String[] types = {"page_view", "click", "add_to_cart", "purchase"};
    String[] countries = {COUNTRY, "India", "Brazil"};
    List<String> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      events.add(
          """
          {"event_id":"e%d","timestamp":"%s","user_id":"u%d","event_type":"%s","page":"/p/%d","ip_address":"%s","sku":"sku-%d","price":9.5,"currency":"EUR"}"""
              .formatted(
                  i,
                  START.plusSeconds(i * 400L),
                  i % 7,
                  types[i % types.length],
                  i % 5,
                  address(countries[i % countries.length]),
                  i % 4));
    }
    return events;
  }

  private static String address(String country) {
    String network =
        DemoCity.all().stream()
            .filter(city -> city.country().equals(country))
            .findFirst()
            .orElseThrow()
            .ipv4();
    return network.substring(0, network.indexOf('/'));
  }

  /** The same database with another name for one country. */
  private String wrongDatabase() throws IOException {
    String text = new String(Files.readAllBytes(geoip), StandardCharsets.ISO_8859_1);
    assertThat(text).contains(COUNTRY);
    Path wrong = folder.resolve("wrong.mmdb");
    Files.write(wrong, text.replace(COUNTRY, "Gormany").getBytes(StandardCharsets.ISO_8859_1));
    return wrong.toString();
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Configuration configuration(String lake, Map<String, String> settings) {
    Configuration.Builder builder = BronzeRows.configured(folder.resolve(lake), postgres);
    settings.forEach(builder::flag);
    return builder.build();
  }
}
