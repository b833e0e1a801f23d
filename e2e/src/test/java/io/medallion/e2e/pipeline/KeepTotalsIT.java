package io.medallion.e2e.pipeline;

import static io.medallion.e2e.pipeline.ErasureEvents.DEVICE;
import static io.medallion.e2e.pipeline.ErasureEvents.EVENT;
import static io.medallion.e2e.pipeline.ErasureEvents.KAFKA_TIME;
import static io.medallion.e2e.pipeline.ErasureEvents.SESSION;
import static io.medallion.e2e.pipeline.ErasureEvents.SHARED;
import static io.medallion.e2e.pipeline.ErasureEvents.TARGET;
import static io.medallion.e2e.pipeline.ErasureEvents.configuration;
import static io.medallion.e2e.pipeline.ErasureEvents.drain;
import static io.medallion.e2e.pipeline.ErasureEvents.event;
import static io.medallion.e2e.pipeline.ErasureEvents.mixed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.Erase;
import io.medallion.operations.Maintenance;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.Erasure.Totals;
import io.medallion.silver.replay.PersonIds;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A person is erased and every number stays what it was: the events are somebody unknown's, and
 * nothing in them leads back.
 */
class KeepTotalsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String ADDRESS = "203.0.113.47";
  private static final String SECRET = "target-secret";

  /** Whatever leads to the person. */
  private static final List<String> TEXTS =
      List.of(TARGET, DEVICE, SESSION, EVENT, ADDRESS, SECRET, "target-agent");

  /** The rows of silver and of quarantine that are the person's, one of them a copy's. */
  private static final int KEPT = 7;

  private static final int GONE = 3;

  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "KeepTotalsIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void everyNumberStaysAndNothingLeadsBack() throws Exception {
    erased("lake", false);
  }

  @Tag("full")
  @Test
  void derivedAgainInEveryWayItIsTheSameAndDamageIsFound() throws Exception {
    erased("further", true);
  }

  /**
   * @param further whether all is derived again as well, proven after each step, and then damaged
   */
  private static void erased(String name, boolean further) throws Exception {
    GoldRows.empty(postgres);
    Configuration configuration = configuration(shared.resolve(name), postgres);
    Lake lake = Lake.open(spark, configuration);
    List<String> events = mixed(ofTarget());
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    final List<List<String>> before = GoldRows.all(postgres);
    final Map<String, BigDecimal> numbers = GoldRows.byDay(postgres);
    final Map<Long, Row> silverBefore = byOffset(silver(lake));

    Erase erase = Erase.of(lake, configuration);
    PersonIds target = erase.persons(List.of(TARGET), List.of(), null);
    assertThat(erase.plan(target, Totals.KEPT).lake().kept()).isEqualTo(KEPT);
    try (Layer silver = SilverJob.start(lake, configuration, false);
        Layer gold = GoldJob.start(lake, configuration, false)) {
      Erase.Receipt receipt = erase.apply(target, Totals.KEPT);
      assertThat(receipt.kept()).isEqualTo(KEPT);
      assertThat(erase.awaitGold(receipt, PATIENCE)).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(silver.failure()).isEmpty();
      assertThat(gold.failure()).isEmpty();
    }
    Map<Long, Row> silverAfter = byOffset(silver(lake));
    Map<String, String> others = others(silverBefore, silverAfter);
    assertThat(others.keySet()).contains(TARGET, DEVICE, SESSION).doesNotContain(SHARED);
    assertThat(others.values()).doesNotHaveDuplicates();
    assertThat(GoldRows.byDay(postgres)).isEqualTo(numbers);
    assertThat(numbersOf(silverAfter)).isEqualTo(numbersOf(silverBefore));
    assertThat(withoutHashes(GoldRows.all(postgres), Map.of()))
        .isEqualTo(withoutHashes(before, others));
    saysNothing(lake);
    assertThat(Erasures.of(lake.folder(), configuration).keepingTotals()).isEmpty();
    if (further) {
      verify(lake, configuration, KEPT, GONE);
    }
    List<List<String>> right = GoldRows.all(postgres);

    // The producer sends all of it again, and something new.
    List<String> again = new ArrayList<>(ofTarget());
    again.add(event("target-event-new", 5_000, TARGET, null, null, "/new"));
    BronzeRows.land(lake, again, 2, events.size(), KAFKA_TIME);
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    assertThat(GoldRows.all(postgres)).isEqualTo(right);

    if (further) {
      verify(lake, configuration, KEPT, GONE + again.size());
      Backfill.of(lake, configuration)
          .apply(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-02"));
      drain(lake, configuration, GoldJob::start);
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
    }
    assertThat(byOffset(silver(lake))).isEqualTo(silverAfter);
    Erase.Receipt swept = Erase.of(lake, configuration).apply(PersonIds.NONE);
    assertThat(swept.kept()).isZero();
    drain(lake, configuration, GoldJob::start);
    assertThat(GoldRows.all(postgres)).isEqualTo(right);
    if (further) {
      try (Layer layer = GoldJob.start(lake, configuration, true, Optional.of(Set.of()))) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
    }
    verify(lake, configuration, KEPT, GONE + again.size());

    leavesNoTrace(lake, configuration);
    if (further) {
      silverMadeAnewIsTheSame(lake, silverAfter, right);
      findsDamage(lake, configuration);
    }
  }

  private static void leavesNoTrace(Lake lake, Configuration configuration) throws Exception {
    Path folder = Path.of(lake.path());
    // Old versions have it, so that the search does find what is there.
    assertThat(Traces.inFiles(spark, folder, TEXTS)).isNotEmpty();
    new Maintenance(lake, configuration, Clock.offset(Clock.systemUTC(), Duration.ofDays(8)))
        .apply();
    assertThat(Erase.of(lake, configuration).status()).allMatch(Erase.Status::isOver);
    assertThat(Traces.inFiles(spark, folder, TEXTS)).isEmpty();
    try (var connection =
        DriverManager.getConnection(
            postgres.url(), postgres.owner().user(), postgres.owner().password())) {
      assertThat(Traces.inDatabase(connection, TEXTS)).isEmpty();
      assertThat(Traces.inDatabase(connection, List.of("other-1"))).isNotEmpty();
    }
  }

  /** A new silver, and a new gold, of nothing but what bronze and the list of the erased hold. */
  private static void silverMadeAnewIsTheSame(
      Lake lake, Map<Long, Row> silver, List<List<String>> right) throws Exception {
    GoldRows.empty(postgres);
    Path made = Files.createDirectories(shared.resolve("made-anew"));
    for (String part : List.of("bronze", "_erasures")) {
      copy(Path.of(lake.path()), part, made);
    }
    Configuration configuration = configuration(shared.resolve("made-anew"), postgres);
    Lake anew = Lake.open(spark, configuration);
    drain(anew, configuration, SilverJob::start, GoldJob::start);
    assertThat(byOffset(silver(anew))).isEqualTo(silver);
    assertThat(GoldRows.all(postgres)).isEqualTo(right);
  }

  private static void copy(Path from, String part, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from.resolve(part))) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** Somebody changes an event of somebody unknown, in silver and then in bronze. */
  private static void findsDamage(Lake lake, Configuration configuration) {
    String silver = lake.table(TableDefinition.SILVER).path();
    String where = "WHERE page = '/a' AND user_id IS NULL";
    spark.sql("UPDATE delta.`%s` SET price = 1 %s".formatted(silver, where));
    assertThat(broken(lake, configuration)).contains("silver says what bronze's bytes say");
    spark.sql("UPDATE delta.`%s` SET price = NULL %s".formatted(silver, where));
    assertThat(broken(lake, configuration)).doesNotContain("silver says what bronze's bytes say");
    String bronze = lake.table(TableDefinition.BRONZE).path();
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.appendOnly' = 'false')"
            .formatted(bronze));
    spark.sql(
        "UPDATE delta.`%s` SET value = cast(replace(cast(value as string), '\"page\":\"/a\"', '\"page\":\"/x\"') as binary)"
            .formatted(bronze));
    assertThat(broken(lake, configuration)).isNotEmpty();
  }

  private static List<String> broken(Lake lake, Configuration configuration) {
    return new LakeCheck(lake, configuration)
        .prove(EventDays.ALL).checks().stream()
            .filter(check -> check.off() > 0)
            .map(VerifyReport.Check::name)
            .toList();
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(strings = {"rewritten", "silver"})
  void cutOffBetweenBronzeAndSilverItIsFinishedByRunningItAgain(String step) throws Exception {
    cutOff(step);
  }

  /** Killed after each step, and run again without the ids. */
  @ParameterizedTest
  @Tag("full")
  @ValueSource(
      strings = {
        "remembered",
        "prepared",
        "begun",
        "quarantined",
        "released",
        "conflicts",
        "bronze",
        "forgotten"
      })
  void cutOffAfterAnyOtherStepItIsFinishedByRunningItAgain(String step) throws Exception {
    cutOff(step);
  }

  private void cutOff(String cutOff) throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", shared.resolve("cut-off-" + cutOff).toString())
            .flag("silver.max-string-size", "256B")
            .build();
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, mixed(ofTarget()), 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);
    final Map<Long, Row> before = byOffset(silver(lake));
    final long bronzeBefore = lake.table(TableDefinition.BRONZE).version();
    final long silverBefore = lake.table(TableDefinition.SILVER).version();
    Erase dying =
        Erase.of(
            lake,
            configuration,
            step -> {
              if (step.equals(cutOff)) {
                throw new IllegalStateException("killed after " + step);
              }
            });
    PersonIds target = dying.persons(List.of(TARGET), List.of(), null);
    assertThatThrownBy(() -> dying.apply(target, Totals.KEPT)).hasMessage("killed after " + cutOff);
    assertThat(dying.status()).singleElement().matches(status -> status.at() == null);
    if (!cutOff.equals("forgotten")) {
      LocalDate day = LocalDate.parse("2026-03-01");
      assertThatThrownBy(() -> Backfill.of(lake, configuration).apply(day, day))
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ERASURE_MEANWHILE));
    }

    Erase.Receipt receipt = Erase.of(lake, configuration).apply(PersonIds.NONE);

    // Who is linked is told again, for the topic; what an earlier run had done is refused as well.
    if (!cutOff.equals("forgotten")) {
      assertThat(receipt.ids()).isGreaterThanOrEqualTo(3);
    }
    isNotShown(lake, TableDefinition.BRONZE, bronzeBefore);
    isNotShown(lake, TableDefinition.SILVER, silverBefore);
    Map<Long, Row> after = byOffset(silver(lake));
    assertThat(others(before, after).keySet()).contains(TARGET, DEVICE, SESSION);
    assertThat(numbersOf(after)).isEqualTo(numbersOf(before));
    saysNothing(lake);
    assertThat(Erasures.of(lake.folder(), configuration).keepingTotals()).isEmpty();
    assertThat(lake.unfinishedReplays()).isEmpty();
    assertThat(dying.status()).allMatch(status -> status.at() != null);
    verify(lake, configuration, KEPT, GONE);
  }

  private static void isNotShown(Lake lake, TableDefinition table, long version) {
    assertThatThrownBy(() -> Erasures.requireNotBefore(lake.folder(), table, version))
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_VERSION_ERASED));
  }

  /**
   * A contract's columns stay, what it computes follows from what is left, and a rule that this
   * would break refuses nobody; of a record of several events the others' stay as they were sent.
   */
  @Tag("full")
  @Test
  void ofSeveralEventsInARecordThePersonsBecomeSomebodyUnknowns() throws Exception {
    GoldRows.empty(postgres);
    Path key = Files.writeString(shared.resolve("pseudonym.key"), "a key that is long enough");
    Path contract =
        Files.writeString(
            shared.resolve("batch.yaml"),
            """
            batch: {from: events}
            columns:
              plan: {type: string, from: properties.plan}
              mail: {type: string, from: properties.mail}
              tags: {type: array of string, from: tags}
              load_ms: {type: int, from: perf.load}
              ratio: {type: "decimal(20,4)", from: ratio}
              paid: {type: boolean, from: paid}
              born: {type: date, from: born}
              label: {type: string, expr: "concat(plan, ' of ', coalesce(user_id, 'nobody'))"}
            rules:
              asks: {check: "url LIKE '%?%'", otherwise: quarantine}
              fast: {check: "load_ms < 100", otherwise: flag}
            """);
    Configuration configuration =
        BronzeRows.configured(shared.resolve("batches"), postgres)
            .flag("silver.contract", contract.toString())
            .flag("silver.pseudonymize", "mail")
            .flag("pseudonym.key-file", key.toString())
            .build();
    Lake lake = Lake.open(spark, configuration);
    String more =
        "\"properties\":{\"plan\":\"gold\",\"mail\":\"%s\"},\"tags\":[\"a\",\"%s\"],\"perf\":{\"load\":%d},\"ratio\":1.2500,\"paid\":true,\"born\":\"2001-02-03\"";
    String mixed =
        "{\"sent\":\"x\",\"events\":[%s,%s,%s]}"
            .formatted(
                event(
                    EVENT + "-a",
                    0,
                    TARGET,
                    DEVICE,
                    null,
                    "/a?q",
                    more.formatted(SECRET, TARGET, 150)),
                event("other-b", 60, "other-1", null, null, "/b?q", more.formatted("b", "b", 50)),
                event(
                    EVENT + "-a",
                    0,
                    TARGET,
                    DEVICE,
                    null,
                    "/a?q",
                    more.formatted(SECRET, TARGET, 150)));
    String alone =
        "{\"events\":[%s]}"
            .formatted(
                event(
                    EVENT + "-c", 90, null, DEVICE, null, "/c?q", more.formatted(SECRET, "c", 50)));
    String common =
        "{\"user_id\":\"%s\",\"events\":[%s]}"
            .formatted(
                TARGET,
                event("other-d", 120, "other-2", null, null, "/d?q", more.formatted("d", "d", 50)));
    BronzeRows.land(lake, List.of(mixed, alone, common), 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    final List<List<String>> before = GoldRows.all(postgres);
    final Dataset<Row> was = silver(lake);
    final List<Row> columns = ofContract(was);
    final var flagged = lake.table(TableDefinition.SILVER).state().values();
    assertThat(was.count()).isEqualTo(4);

    Erase erase = Erase.of(lake, configuration);
    Erase.Receipt receipt =
        erase.apply(erase.persons(List.of(TARGET), List.of(), null), Totals.KEPT);

    assertThat(receipt.kept()).isEqualTo(3);
    assertThat(ofContract(silver(lake))).isEqualTo(columns);
    assertThat(silver(lake).where("label = 'gold of ' || user_id").count()).isEqualTo(3);
    assertThat(
            silver(lake)
                .where("event_id = 'other-b' and user_id = 'other-1' and url = '/b?q'")
                .count())
        .isEqualTo(1);
    assertThat(lake.table(TableDefinition.SILVER).state().values())
        .containsAllEntriesOf(
            flagged.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("medallion.flagged"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    saysNothing(lake);
    drain(lake, configuration, GoldJob::start);
    assertThat(GoldRows.all(postgres)).hasSameSizeAs(before);
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    Dataset<Row> made = silver(lake);
    List<Row> rows = made.orderBy("offset", "event_index").collectAsList();
    LocalDate day = LocalDate.parse("2026-03-01");
    Backfill.of(lake, configuration).apply(day, day);
    assertThat(silver(lake).orderBy("offset", "event_index").collectAsList()).isEqualTo(rows);
  }

  /** Without what became a random text. */
  private static List<Row> ofContract(Dataset<Row> rows) {
    return rows.selectExpr(
            "offset", "event_index", "plan", "tags[0]", "load_ms", "ratio", "paid", "born", "flags")
        .orderBy("offset", "event_index")
        .collectAsList();
  }

  /** Of a record that bronze has emptied silver's row is all that there is. */
  @Test
  @Tag("full")
  void whatBronzesRetentionHasTakenStaysInSilverAsSomebodyUnknowns() throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", shared.resolve("retained").toString())
            .flag("silver.max-string-size", "256B")
            .flag("bronze.retention", "30d")
            .build();
    Lake lake = Lake.open(spark, configuration);
    List<String> old = mixed(ofTarget());
    BronzeRows.land(lake, old, 1, 0, KAFKA_TIME);
    BronzeRows.land(
        lake,
        List.of(event("fresh", 90, "other-1", null, null, "/")),
        2,
        old.size(),
        Instant.now());
    drain(lake, configuration, SilverJob::start);
    new Maintenance(lake, configuration, Clock.systemUTC()).apply();
    final Map<Long, Row> before = byOffset(silver(lake));

    Erase erase = Erase.of(lake, configuration);
    Erase.Receipt receipt =
        erase.apply(erase.persons(List.of(TARGET), List.of(), null), Totals.KEPT);

    assertThat(receipt.kept()).isEqualTo(KEPT);
    Map<Long, Row> after = byOffset(silver(lake));
    assertThat(others(before, after).keySet()).contains(TARGET, DEVICE, SESSION);
    assertThat(numbersOf(after)).isEqualTo(numbersOf(before));
    saysNothing(lake);
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
  }

  /** Nobody but an erasure can have an event taken for one that was parsed. */
  @Tag("full")
  @Test
  void aProducersAnonymizedEventIsNone() throws Exception {
    Configuration configuration =
        Configuration.builder().flag("lake.path", shared.resolve("forged").toString()).build();
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, mixed(ofTarget()), 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);
    Erase erase = Erase.of(lake, configuration);
    erase.apply(erase.persons(List.of(TARGET), List.of(), null), Totals.KEPT);
    LakeTable bronze = lake.table(TableDefinition.BRONZE);
    String right =
        bronze
            .rowsAt(spark, bronze.version())
            .where("headers[0].key = 'medallion.anonymized'")
            .selectExpr("cast(value as string)")
            .collectAsList()
            .get(0)
            .getString(0);
    assertThat(right).startsWith("{\"medallion-anonymized\":\"");
    final long rows = silver(lake).count();

    BronzeRows.land(
        lake,
        List.of(
            right.replace("\"event_id\":\"", "\"event_id\":\"x"),
            "{\"medallion-anonymized\":\"x\",\"medallion-seal\":\"y\",\"event_id\":\"z\"}",
            "{\"medallion-anonymized\":\""),
        2,
        1_000,
        KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);

    assertThat(silver(lake).count()).isEqualTo(rows);
    assertThat(new LakeCheck(lake, configuration).prove(EventDays.ALL).holds()).isTrue();
  }

  /** Somebody else is erased the other way before the first is done. */
  @ParameterizedTest
  @Tag("full")
  @EnumSource(Totals.class)
  void oneThatWasCutOffIsFinishedAsItWasBegun(Totals begun) throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", shared.resolve("begun-" + begun).toString())
            .flag("silver.max-string-size", "256B")
            .build();
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, mixed(ofTarget()), 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);
    final long before = silver(lake).count();
    Erase dying =
        Erase.of(
            lake,
            configuration,
            step -> {
              throw new IllegalStateException("killed after " + step);
            });
    PersonIds target = dying.persons(List.of(TARGET), List.of(), null);
    assertThatThrownBy(() -> dying.apply(target, begun)).hasMessage("killed after remembered");

    Erase erase = Erase.of(lake, configuration);
    Totals other = begun == Totals.KEPT ? Totals.WITHOUT : Totals.KEPT;
    Erase.Receipt receipt = erase.apply(erase.persons(List.of("other-0"), List.of(), null), other);

    // Without the target's event another's takes its place, whose id and time it had.
    assertThat(receipt.kept()).isEqualTo(begun == Totals.KEPT ? KEPT : 7);
    assertThat(silver(lake).count()).isEqualTo(before - (begun == Totals.KEPT ? 6 : KEPT - 1));
    assertThat(silver(lake).where("user_id = 'other-0'").count()).isZero();
    saysNothing(lake);
    assertThat(erase.status()).hasSize(2).allMatch(status -> status.at() != null);
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
  }

  /** The newest versions; old ones have it until maintenance. */
  private static void saysNothing(Lake lake) {
    for (TableDefinition table : TableDefinition.ALL) {
      LakeTable of = lake.table(table);
      String bytes =
          table.equals(TableDefinition.SILVER)
              ? "''"
              : "concat(cast(value as string), cast(headers as string))";
      assertThat(
              of.rowsAt(spark, of.version())
                  .selectExpr("concat(to_json(struct(*)), coalesce(%s, ''))".formatted(bytes))
                  .collectAsList())
          .as(table.name())
          .isNotEmpty()
          .extracting(row -> row.getString(0))
          .noneMatch(row -> TEXTS.stream().anyMatch(row::contains));
    }
  }

  private static Dataset<Row> silver(Lake lake) {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return silver.rowsAt(spark, silver.version());
  }

  private static Map<Long, Row> byOffset(Dataset<Row> rows) {
    Map<Long, Row> all = new TreeMap<>();
    rows.collectAsList().forEach(row -> all.put(row.<Long>getAs("offset"), row));
    return all;
  }

  /** What became of each text that changed; the same wherever it was. */
  private static Map<String, String> others(Map<Long, Row> before, Map<Long, Row> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    Map<String, String> others = new HashMap<>();
    before.forEach(
        (offset, row) -> {
          Row now = after.get(offset);
          for (String column :
              List.of("visitor", "user_id", "anonymous_id", "session_id", "event_id", "page")) {
            String was = row.getAs(column);
            String is = now.getAs(column);
            if (was != null && !was.equals(is)) {
              assertThat(others.getOrDefault(was, is)).isEqualTo(is);
              others.put(was, is);
            }
            assertThat(is == null).isEqualTo(was == null);
          }
          for (String column :
              List.of(
                  "event_time",
                  "site",
                  "event_type",
                  "country",
                  "browser",
                  "is_bot",
                  "channel",
                  "referrer_domain",
                  "utm_source")) {
            assertThat(now.<Object>getAs(column)).as(column).isEqualTo(row.getAs(column));
          }
        });
    return others;
  }

  /** Counted from rows, by nothing of the program's. */
  private static List<Object> numbersOf(Map<Long, Row> rows) {
    Map<Object, Long> views = new HashMap<>();
    BigDecimal revenue = BigDecimal.ZERO;
    Set<Object> visitors = new HashSet<>();
    Set<Object> sessions = new HashSet<>();
    Set<Object> ids = new HashSet<>();
    for (Row row : rows.values()) {
      views.merge(row.getAs("event_time"), 1L, Long::sum);
      visitors.add(row.getAs("visitor"));
      sessions.add(row.getAs("session_id"));
      ids.add(row.getAs("event_id"));
      BigDecimal price = row.getAs("price");
      revenue = price == null ? revenue : revenue.add(price);
    }
    return List.of(views, visitors.size(), sessions.size(), ids.size(), revenue);
  }

  /** Rows of gold with other ids in them; of sets that are hashes how many there are. */
  private static List<String> withoutHashes(List<List<String>> rows, Map<String, String> others) {
    return rows.stream()
        .map(
            row -> {
              if (row.get(0).equals("active_users__users")) {
                return row.get(0);
              }
              String text = row.toString();
              for (Map.Entry<String, String> other : others.entrySet()) {
                text = text.replace(other.getKey(), other.getValue());
              }
              return text;
            })
        .sorted()
        .toList();
  }

  private static void verify(Lake lake, Configuration configuration, long kept, long gone) {
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.notes())
        .anyMatch(
            note ->
                note.startsWith(
                    "%,d records are of persons who were erased with the totals".formatted(kept)))
        .anyMatch(note -> note.startsWith("%,d records are of erased persons".formatted(gone)));
  }

  /** Seven events that count, a copy, one that is too long, and one that is broken. */
  private static List<String> ofTarget() {
    String purchase =
        event(
            EVENT + "-2",
            120,
            TARGET,
            DEVICE,
            SESSION,
            "/b",
            "\"ip_address\":\"" + ADDRESS + "\"",
            "\"type\":\"purchase\",\"price\":12.5,\"quantity\":2,\"currency\":\"EUR\"",
            "\"properties\":{\"mail\":\"" + SECRET + "@example.com\",\"who\":\"" + TARGET + "\"}");
    return List.of(
        event("claimed", 0, TARGET, null, null, "/first"),
        event(
            EVENT + "-1",
            60,
            null,
            DEVICE,
            SESSION,
            "/a?utm_source=news&mail=" + SECRET + "&u=" + TARGET,
            "\"ip\":\""
                + ADDRESS
                + "\",\"user_agent\":\"target-agent Googlebot/2.1\",\"mood\":\""
                + SECRET
                + "\"",
            "\"referrer\":\"https://" + TARGET + "@www.google.com/search?q=" + SECRET + "\""),
        purchase,
        purchase,
        event(EVENT + "-3", 7_000, null, null, SESSION, "/c"),
        event(EVENT + "-4", 7_200, TARGET, SHARED, null, "/d"),
        event(EVENT + "-5", 7_260, TARGET, null, null, "/users/" + TARGET + "/orders"),
        event(EVENT + "-6", 7_320, TARGET, null, "own-" + SESSION, "/e"),
        event(EVENT + "-7", 60, TARGET, null, null, "/" + "longlong".repeat(40)),
        "{\"event_id\":\"" + EVENT + "-8\",\"user_id\":\"" + TARGET + "\",\"time");
  }
}
