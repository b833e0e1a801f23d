package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.ReplayReport;
import io.medallion.silver.replay.diff.DayChange;
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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A contract turns out wrong while the layers run by it: a rule is too strict, a column forgotten,
 * another of the wrong type, a rule not wanted any more. Mended and carried into the past, silver
 * and gold are what they would be had it been right from the beginning, and what the plan said.
 */
@Tag("full")
class ChangedContractIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T20:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(3 * 86_400L);
  private static final LocalDate FIRST_DAY = LocalDate.parse("2026-03-01");
  private static final LocalDate LAST_DAY = FIRST_DAY.plusDays(1);
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final String THEN =
      """
      columns:
        size: {type: int, from: size}
      rules:
        cheap: {check: "price < 50", otherwise: quarantine}
        odd: {check: "price % 2 = 1", otherwise: flag}
      """;
  private static final String NOW =
      """
      columns:
        size_2: {type: string, from: size, whole_numbers: true}
        category: {type: string, from: properties.category}
      rules:
        cheap: {check: "price < 100", otherwise: quarantine}
      """;
  private static final String WRONG_TYPE = NOW.replace("size_2", "size");

  private static final String MART_THEN =
      "SELECT site, page, count(*) AS events, sum(size) AS sizes FROM silver GROUP BY ALL";
  private static final String MART_NOW =
      "SELECT site, page, category, count(*) AS events, count_if(size_2 = 'XL') AS large,"
          + " sum(price) AS paid FROM silver GROUP BY ALL";

  private static final String DECLARED =
      "offset, event_id, event_time, visitor, page, price, properties, size_2, category, flags,"
          + " contract_version";

  /** What a test knows of an event; a size of zero is the text XL. */
  private record Sent(int number, String user, int second, int price, int size, String category) {
    LocalDate day() {
      return LocalDate.ofInstant(START.plusSeconds(second), ZoneOffset.UTC);
    }

    boolean passedThen() {
      return size != 0 && price < 50;
    }

    boolean passesNow() {
      return price < 100;
    }

    String json() {
      return "{\"event_id\":\"e%d\",\"timestamp\":\"%s\",\"user_id\":\"%s\",\"page\":\"/p%d\",\"price\":%d,\"size\":%s%s}"
          .formatted(
              number,
              START.plusSeconds(second),
              user,
              number % 3,
              price,
              size == 0 ? "\"XL\"" : Integer.toString(size),
              category == null ? "" : ",\"properties\":{\"category\":\"" + category + "\"}");
    }
  }

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "ChangedContractIT", Configuration.builder().flag("spark.master", "local[2]").build());
    Files.createDirectories(folder.resolve("marts"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void mendedBesideRunningLayersAllIsAsIfItHadBeenRightFromTheBeginning() throws Exception {
    System.out.println("seed " + SEED);
    List<Sent> events = events(new Random(SEED));
    declare(NOW, MART_NOW);
    Lake fresh = Lake.open(spark, configuration("fresh"));
    land(fresh, events, 1, 0);
    drain(fresh, configuration("fresh"));
    final List<List<String>> right = gold();
    final List<String> rows = silver(fresh);

    GoldRows.empty(postgres);
    declare(THEN, MART_THEN);
    Configuration configuration = configuration("lake");
    Lake lake = Lake.open(spark, configuration);
    land(lake, events.subList(0, 60), 1, 0);
    try (Layer silver = SilverJob.start(lake, configuration, false);
        Layer gold = GoldJob.start(lake, configuration, false)) {
      awaitMerged(passed(events.subList(0, 60), Sent::passedThen));
      declare(NOW, MART_NOW);
      assertThatThrownBy(() -> Backfill.of(lake, configuration))
          .isInstanceOf(MedallionException.class)
          .hasMessageContaining("has no column");
      land(lake, events.subList(60, 90), 2, 60);
      awaitMerged(passed(events.subList(0, 90), Sent::passedThen));
      assertThat(versions(lake)).as("rules that run keep what they began with").hasSize(1);
      assertThat(List.of(silver.failure(), gold.failure()))
          .allSatisfy(failure -> assertThat(failure).isEmpty());
    }
    declare(WRONG_TYPE, MART_THEN);
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(MedallionException.in(silver.failure().orElseThrow()).remedy()).contains("size_2");
    } catch (MedallionException refused) {
      assertThat(refused.remedy()).contains("size_2", "backfill");
    }

    declare(NOW, MART_NOW);
    try (Layer silver = SilverJob.start(lake, configuration, false);
        Layer gold = GoldJob.start(lake, configuration, false)) {
      land(lake, events.subList(90, events.size()), 3, 90);
      long before = passed(events.subList(0, 90), Sent::passedThen);
      awaitMerged(before + passed(events.subList(90, events.size()), Sent::passesNow));
      assertThat(versions(lake)).hasSize(2);
      assertThat(gold()).isNotEqualTo(right);

      Backfill backfill = Backfill.of(lake, configuration);
      ReplayReport plan = backfill.plan(FIRST_DAY, LAST_DAY, OptionalLong.empty()).silver();
      assertThat(plan.days()).isEqualTo(expectedChanges(events));
      assertThat(plan.released()).isEqualTo(released(events, day -> true));

      ReplayReport done = backfill.apply(FIRST_DAY, LAST_DAY);
      assertThat(done.days()).isEqualTo(plan.days());
      assertThat(backfill.awaitGold(done, PATIENCE)).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(silver(lake)).isEqualTo(rows);
      assertThat(gold()).isEqualTo(right);
      assertThat(lake.table(TableDefinition.SILVER).state().flagged()).doesNotContainValue(1L);
      VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(backfill.plan(FIRST_DAY, LAST_DAY, OptionalLong.empty()).silver().isEmpty())
          .isTrue();
      assertThat(List.of(silver.failure(), gold.failure()))
          .allSatisfy(failure -> assertThat(failure).isEmpty());
    }
  }

  /** By hand: what the first contract kept gets another value; what it refused may come in. */
  private static Map<LocalDate, DayChange> expectedChanges(List<Sent> events) {
    Map<LocalDate, DayChange> days = new TreeMap<>();
    List<Sent> old = events.subList(0, 90);
    for (LocalDate day : List.of(FIRST_DAY, LAST_DAY)) {
      long changed = passed(old, event -> event.day().equals(day) && event.passedThen());
      long recent =
          passed(
              events.subList(90, events.size()),
              event -> event.day().equals(day) && event.passesNow());
      long added = released(events, day::equals);
      days.put(day, new DayChange(changed + recent, changed + recent + added, added, 0, changed));
    }
    return days;
  }

  private static long released(List<Sent> events, Predicate<LocalDate> day) {
    return passed(
        events.subList(0, 90),
        event -> day.test(event.day()) && !event.passedThen() && event.passesNow());
  }

  private static long passed(List<Sent> events, Predicate<Sent> by) {
    return events.stream().filter(by).count();
  }

  private static List<Sent> events(Random random) {
    List<Sent> events = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      events.add(
          new Sent(
              i,
              "u" + random.nextInt(7),
              random.nextInt(8 * 3_600),
              1 + random.nextInt(149),
              random.nextInt(5),
              random.nextBoolean() ? null : "c" + random.nextInt(3)));
    }
    return events;
  }

  private static void declare(String contract, String mart) throws IOException {
    Files.writeString(folder.resolve("contract.yaml"), contract);
    Files.writeString(folder.resolve("marts/of_pages.sql"), mart);
  }

  private static void land(Lake lake, List<Sent> events, long seq, long offset) {
    BronzeRows.land(lake, events.stream().map(Sent::json).toList(), seq, offset, KAFKA_TIME);
  }

  private static void drain(Lake lake, Configuration configuration) throws InterruptedException {
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
    try (Layer gold = GoldJob.start(lake, configuration, true)) {
      gold.await();
      assertThat(gold.failure()).isEmpty();
    }
  }

  private static void awaitMerged(long events) {
    await().atMost(PATIENCE).until(() -> GoldRows.events(postgres) == events);
  }

  private static List<String> silver(Lake lake) {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return silver
        .rowsAt(spark, silver.version())
        .selectExpr(DECLARED.split(", "))
        .orderBy("offset")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  private static List<String> versions(Lake lake) {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return silver
        .rowsAt(spark, silver.version())
        .select("contract_version")
        .distinct()
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  /** Ours and the declared one. */
  private static List<List<String>> gold() throws SQLException {
    List<List<String>> rows = new ArrayList<>(GoldRows.all(postgres));
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT to_jsonb(t)::text FROM gold.of_pages t ORDER BY t::text COLLATE \"C\"")) {
      while (result.next()) {
        rows.add(List.of("of_pages", result.getString(1)));
      }
    }
    return rows;
  }

  private static Configuration configuration(String lake) {
    return BronzeRows.configured(folder.resolve(lake), postgres)
        .flag("silver.contract", folder.resolve("contract.yaml").toString())
        .flag("gold.marts", folder.resolve("marts").toString())
        .build();
  }
}
