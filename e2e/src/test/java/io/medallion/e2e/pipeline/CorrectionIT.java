package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.BackfillPlan;
import io.medallion.operations.Quarantine;
import io.medallion.operations.Quarantine.Count;
import io.medallion.operations.Quarantine.Refused;
import io.medallion.operations.Quarantine.Selection;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.GoldForecast;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.ReplayReport;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A rule was too strict: good events sit in quarantine. Judged again while silver and gold run,
 * they end in the rows that a right rule would have made, in Postgres too.
 */
@Tag("full")
class CorrectionIT {
  private static final Instant START = Instant.parse("2026-03-01T22:00:00Z");
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  private static final Map<String, String> THEN = Map.of("silver.max-string-size", "64B");

  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "CorrectionIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void whatWasRefusedByMistakeIsJudgedAgainBesideRunningLayersAndGoldFollows() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    List<String> events = events(new Random(seed));
    final List<List<String>> right = rightFromTheBeginning(events);

    GoldRows.empty(postgres);
    Configuration then = configuration("lake", THEN);
    Configuration today = configuration("lake", Map.of());
    Lake lake = Lake.open(spark, then);
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    try (Layer silver = SilverJob.start(lake, then, false);
        Layer gold = GoldJob.start(lake, then, false)) {
      await().atMost(Duration.ofMinutes(4)).until(() -> GoldRows.events(postgres) > 0);
      assertThat(GoldRows.all(postgres)).isNotEqualTo(right);

      Quarantine quarantine = Quarantine.of(lake.folder());
      Count tooLong = quarantine.counts(Selection.ALL).get(0);
      assertThat(tooLong.code()).isEqualTo("STRING_TOO_LONG");
      assertThat(tooLong.records()).isEqualTo(events.stream().filter(this::isLong).count());
      Refused first = quarantine.show(tooLong.position()).get(0);
      assertThat(first.value().text())
          .isEqualTo(events.stream().filter(this::isLong).findFirst().orElseThrow());
      assertThat(first.value().length())
          .isEqualTo(first.value().text().getBytes(StandardCharsets.UTF_8).length);

      ReplayReport plan = Backfill.of(lake, today).planQuarantine(Selection.ALL).silver();
      ReplayReport done = Backfill.of(lake, today).applyQuarantine(Selection.ALL);
      assertThat(done.released()).isEqualTo(plan.released()).isEqualTo(tooLong.records());
      assertThat(Backfill.of(lake, today).awaitGold(done, Duration.ofMinutes(4)))
          .isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
      assertThat(quarantine.counts(Selection.ALL)).isEmpty();

      // A backfill that takes rows away again, and one that brings them back.
      Backfill strict = Backfill.of(lake, then);
      ReplayReport refused = strict.apply(day("2026-03-01"), day("2026-03-02"));
      assertThat(refused.quarantined()).isEqualTo(tooLong.records());
      strict.awaitGold(refused, Duration.ofMinutes(4));
      assertThat(GoldRows.all(postgres)).isNotEqualTo(right);
      Backfill lenient = Backfill.of(lake, today);
      BackfillPlan promised =
          lenient.plan(day("2026-03-01"), day("2026-03-02"), OptionalLong.empty());
      final Map<String, BigDecimal> before = GoldRows.byDay(postgres);
      ReplayReport back = lenient.apply(day("2026-03-01"), day("2026-03-02"));
      assertThat(lenient.awaitGold(back, Duration.ofMinutes(4))).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
      assertThat(promised.goldNotLookedAt()).isNull();
      assertThat(changes(promised)).isEqualTo(changes(before, GoldRows.byDay(postgres)));
      assertThat(lenient.progress().parsed()).isPositive();

      VerifyReport proof = new LakeCheck(lake, today).prove(EventDays.ALL);
      assertThat(proof.holds()).as("%s", proof).isTrue();
      assertThat(proof.goldVersion()).isNotNull();

      assertThat(silver.failure()).isEmpty();
      assertThat(gold.failure()).isEmpty();
    }
  }

  @Test
  void aPlanTellsOfTheDaysAloneThatGoldKeeps() throws Exception {
    GoldRows.empty(postgres);
    Configuration then =
        configuration("kept", Map.of("silver.max-string-size", "64B", "gold.retention", "2h"));
    Configuration today = configuration("kept", Map.of("gold.retention", "2h"));
    Lake lake = Lake.open(spark, then);
    List<String> events = events(new Random(7));
    events.add(
        "{\"event_id\":\"last\",\"timestamp\":\"2026-03-02T05:00:00Z\",\"user_id\":\"u0\",\"page\":\"/\"}");
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    runToTheEnd(lake, then, SilverJob::start, GoldJob::start);

    Corrected corrected = correct(lake, today, day("2026-03-01"), day("2026-03-02"));

    // Of the day before, there are the sessions alone that reach over midnight.
    assertThat(changes(corrected.plan()))
        .isEqualTo(
            corrected.changes().stream()
                .filter(change -> !change.startsWith("2026-03-01 sessions"))
                .toList());
    assertThat(corrected.plan().gold())
        .extracting(GoldForecast.Change::day)
        .containsOnly(day("2026-03-02"))
        .isNotEmpty();
  }

  /**
   * Whose events stay as they are counts too, also on the day before, into which a session reaches.
   */
  @Test
  void aPlanTellsWholeNumbersThoughFewVisitorsAreTouched() throws Exception {
    GoldRows.empty(postgres);
    Configuration then = configuration("few", THEN);
    Configuration today = configuration("few", Map.of());
    Lake lake = Lake.open(spark, then);
    String longPage = "/" + "long".repeat(30);
    BronzeRows.land(
        lake,
        List.of(
            purchase("a", "2026-03-01T12:00:00Z", "other", "/"),
            purchase("b", "2026-03-02T12:00:00Z", "other", "/"),
            purchase("c", "2026-03-01T23:50:00Z", "touched", "/").replace("purchase", "page_view"),
            purchase("d", "2026-03-02T00:05:00Z", "touched", longPage)),
        1,
        0,
        KAFKA_TIME);
    runToTheEnd(lake, then, SilverJob::start, GoldJob::start);

    Corrected corrected = correct(lake, today, day("2026-03-02"), day("2026-03-02"));

    assertThat(changes(corrected.plan()))
        .isEqualTo(corrected.changes())
        .contains(
            "2026-03-01 sessions that bought 1 2", "2026-03-02 orders 1 2", "2026-03-02 users 1 2");
  }

  /**
   * A plan, and what became of gold.
   *
   * @param changes a line for each number of Postgres that is another one now
   */
  private record Corrected(BackfillPlan plan, List<String> changes) {}

  /** Plans some days, publishes them, and has gold take them in. */
  private static Corrected correct(Lake lake, Configuration today, LocalDate from, LocalDate to)
      throws Exception {
    Backfill lenient = Backfill.of(lake, today);
    BackfillPlan plan = lenient.plan(from, to, OptionalLong.empty());
    Map<String, BigDecimal> before = GoldRows.byDay(postgres);
    lenient.apply(from, to);
    runToTheEnd(lake, today, GoldJob::start);
    return new Corrected(plan, changes(before, GoldRows.byDay(postgres)));
  }

  private static String purchase(String id, String time, String user, String page) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%s\",\"user_id\":\"%s\",\"page\":\"%s\",\"event_type\":\"purchase\",\"price\":2.5,\"currency\":\"EUR\"}"
        .formatted(id, time, user, page);
  }

  /** What a plan says of gold, a line for each number that changes. */
  private static List<String> changes(BackfillPlan plan) {
    return plan.gold().stream()
        .map(c -> "%s %s %s %s".formatted(c.day(), c.number(), c.before(), c.after()))
        .sorted()
        .toList();
  }

  /** The same, from the numbers in Postgres. */
  private static List<String> changes(
      Map<String, BigDecimal> before, Map<String, BigDecimal> after) {
    Set<String> numbers = new TreeSet<>(before.keySet());
    numbers.addAll(after.keySet());
    List<String> changes = new ArrayList<>();
    for (String number : numbers) {
      BigDecimal was = before.getOrDefault(number, BigDecimal.ZERO);
      BigDecimal is = after.getOrDefault(number, BigDecimal.ZERO);
      if (was.compareTo(is) != 0) {
        changes.add(
            "%s %s %s"
                .formatted(
                    number,
                    was.stripTrailingZeros().toPlainString(),
                    is.stripTrailingZeros().toPlainString()));
      }
    }
    assertThat(changes).anyMatch(change -> change.contains("revenue EUR"));
    assertThat(changes).anyMatch(change -> change.contains(" sessions "));
    Collections.sort(changes);
    return changes;
  }

  private static List<List<String>> rightFromTheBeginning(List<String> events) throws Exception {
    GoldRows.empty(postgres);
    Configuration today = configuration("right", Map.of());
    Lake lake = Lake.open(spark, today);
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    runToTheEnd(lake, today, SilverJob::start, GoldJob::start);
    return GoldRows.all(postgres);
  }

  private static void runToTheEnd(
      Lake lake, Configuration configuration, LayerLauncher.Start... layers) throws Exception {
    for (LayerLauncher.Start start : layers) {
      try (Layer layer = start.start(lake, configuration, true)) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
    }
  }

  /** Sessions over midnight, bridged by events whose page is too long for the strict rule. */
  private static List<String> events(Random random) {
    List<String> events = new ArrayList<>();
    for (int visitor = 0; visitor < 6; visitor++) {
      Instant time = START.plusSeconds(random.nextInt(3_600));
      for (int i = 0; i < 8; i++) {
        time = time.plusSeconds(60 + random.nextInt(1_740));
        String page = i % 3 == 1 ? "/" + "long".repeat(30) : "/p" + random.nextInt(3);
        String bought = i % 4 == 0 ? ",\"event_type\":\"purchase\",\"price\":2.5" : "";
        events.add(
            "{\"event_id\":\"e%d-%d\",\"timestamp\":\"%s\",\"user_id\":\"u%d\",\"page\":\"%s\",\"currency\":\"EUR\"%s}"
                .formatted(visitor, i, time, visitor, page, bought));
      }
    }
    return events;
  }

  private boolean isLong(String event) {
    return event.contains("longlong");
  }

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }

  private static Configuration configuration(String lake, Map<String, String> settings) {
    Configuration.Builder builder = BronzeRows.configured(shared.resolve(lake), postgres);
    settings.forEach(builder::flag);
    return builder.build();
  }
}
