package io.medallion.e2e.pipeline;

import static io.medallion.e2e.pipeline.ErasureEvents.DEVICE;
import static io.medallion.e2e.pipeline.ErasureEvents.EVENT;
import static io.medallion.e2e.pipeline.ErasureEvents.KAFKA_TIME;
import static io.medallion.e2e.pipeline.ErasureEvents.SESSION;
import static io.medallion.e2e.pipeline.ErasureEvents.SHARED;
import static io.medallion.e2e.pipeline.ErasureEvents.START;
import static io.medallion.e2e.pipeline.ErasureEvents.TARGET;
import static io.medallion.e2e.pipeline.ErasureEvents.configuration;
import static io.medallion.e2e.pipeline.ErasureEvents.drain;
import static io.medallion.e2e.pipeline.ErasureEvents.event;
import static io.medallion.e2e.pipeline.ErasureEvents.eventIds;
import static io.medallion.e2e.pipeline.ErasureEvents.mixed;
import static io.medallion.e2e.pipeline.ErasureEvents.others;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.common.event.ErasedIds.Kind;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.Erase;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import io.medallion.operations.query.Query;
import io.medallion.operations.query.TableDiff;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import io.medallion.silver.replay.PersonIds;
import io.medallion.silver.replay.Replay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A person is taken out of every table next to running layers, stays out, and leaves no trace; all
 * numbers are those of a world in which the person never was.
 */
class EraseIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  @TempDir static Path shared;
  private static PostgresServer postgres;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "EraseIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void aPersonIsErasedBesideRunningLayersAndStaysOut() throws Exception {
    erased(false);
  }

  @Tag("full")
  @Test
  void afterABackfillAndARebuildOfGoldAPersonIsStillOut() throws Exception {
    erased(true);
  }

  /**
   * @param further whether all is derived again as well, and proven after each step
   */
  private static void erased(boolean further) throws Exception {
    String name = further ? "further" : "lake";
    final List<List<String>> right = goldOf("right-" + name, others());
    GoldRows.empty(postgres);
    Configuration configuration = configuration(shared.resolve(name), postgres);
    Lake lake = Lake.open(spark, configuration);
    List<String> events = mixed(ofTarget());
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    try (Layer silver = SilverJob.start(lake, configuration, false);
        Layer gold = GoldJob.start(lake, configuration, false)) {
      awaitGold(lake, 1);
      assertThat(GoldRows.all(postgres)).isNotEqualTo(right);

      Erase erase = Erase.of(lake, configuration);
      PersonIds target = erase.persons(List.of(TARGET), List.of(), null);
      Erase.Plan plan = erase.plan(target);
      assertThat(plan.lake().persons().of(Kind.ANONYMOUS)).containsExactly(DEVICE);
      assertThat(plan.lake().persons().of(Kind.SESSION)).containsExactly(SESSION);
      assertThat(rows(plan.lake().tables(), "bronze")).isEqualTo(ofTarget().size());
      assertThat(lake.table(TableDefinition.SILVER).state().quarantinedByReason())
          .doesNotContainKey("ERASED");

      Erase.Receipt receipt = erase.apply(target);
      assertThat(erase.awaitGold(receipt, PATIENCE)).isEqualTo(Backfill.Gold.HAS_IT);
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
      assertThat(rows(receipt.tables(), "silver")).isEqualTo(rows(plan.lake().tables(), "silver"));
      assertThat(rows(receipt.tables(), "bronze")).isEqualTo(ofTarget().size());
      assertThat(receipt.asked().toString()).doesNotContain(TARGET);
      if (further) {
        verify(lake, configuration, ofTarget().size());
      }
      assertThat(erase.status())
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.isOver()).isFalse();
                assertThat(status.filesLeft().get("silver")).isPositive();
                assertThat(status.cameAgain()).isZero();
              });

      assertThatThrownBy(
              () ->
                  new Query(lake, configuration)
                      .rows("SELECT count(*) FROM silver VERSION AS OF 1")
                      .collectAsList())
          .hasStackTraceContaining("Version 1 of the silver table is not shown");
      assertThatThrownBy(() -> TableDiff.of(lake, spark, "bronze", 0, 1, 10))
          .hasMessageContaining("of the bronze table is not shown");

      // The producer sends all of it again, and something new.
      List<String> again = new ArrayList<>(ofTarget());
      again.add(event("target-event-new", 5_000, TARGET, null, null, "/new"));
      BronzeRows.land(lake, again, 2, events.size(), KAFKA_TIME);
      awaitGold(lake, 2);
      assertThat(GoldRows.all(postgres)).isEqualTo(right);
      assertThat(erase.status().get(0).cameAgain()).isEqualTo(again.size());
      if (further) {
        verify(lake, configuration, ofTarget().size() + again.size());
        Backfill backfill = Backfill.of(lake, configuration);
        backfill.apply(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-02"));
        verify(lake, configuration, ofTarget().size() + again.size());
      }

      Erase.Receipt swept = Erase.of(lake, configuration).apply(PersonIds.NONE);
      assertThat(rows(swept.tables(), "bronze")).isEqualTo(again.size());
      assertThat(rows(swept.tables(), "silver")).isZero();
      assertThat(erase.status()).allSatisfy(status -> assertThat(status.cameAgain()).isZero());
      erase.awaitGold(swept, PATIENCE);
      assertThat(silver.failure()).isEmpty();
      assertThat(gold.failure()).isEmpty();
    }
    if (further) {
      try (Layer layer = GoldJob.start(lake, configuration, true, Optional.of(Set.of()))) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
      verify(lake, configuration, 2 * ofTarget().size() + 1);
    }
    assertThat(GoldRows.all(postgres)).isEqualTo(right);
    leavesNoTrace(lake, configuration);
    if (further) {
      findsDamageNextToErasedPlaces(lake, configuration);
    }
  }

  private static void leavesNoTrace(Lake lake, Configuration configuration) throws Exception {
    List<String> texts = List.of(TARGET, DEVICE, SESSION, EVENT);
    Path folder = Path.of(lake.path());
    // Old versions have it, so that the search does find what is there.
    assertThat(Traces.inFiles(spark, folder, texts)).isNotEmpty();
    Erase erase = Erase.of(lake, configuration);
    assertThat(erase.status()).noneMatch(Erase.Status::isOver);

    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(8));
    new Maintenance(lake, configuration, later).apply();

    assertThat(erase.status()).hasSize(2).allMatch(Erase.Status::isOver);
    assertThat(Traces.inFiles(spark, folder, texts)).isEmpty();
    try (var connection =
        DriverManager.getConnection(
            postgres.url(), postgres.owner().user(), postgres.owner().password())) {
      assertThat(Traces.inDatabase(connection, texts)).isEmpty();
      assertThat(Traces.inDatabase(connection, List.of("other-1"))).isNotEmpty();
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("_erasures/key"))))
        .isEqualTo("rw-------");
    verify(lake, configuration, 2 * ofTarget().size() + 1);
  }

  /** Somebody empties a row of bronze who is no erasure, and takes another's event from silver. */
  private static void findsDamageNextToErasedPlaces(Lake lake, Configuration configuration) {
    spark.sql(
        "UPDATE delta.`%s` SET user_id = 'somebody' WHERE event_id = 'other-1-1'"
            .formatted(lake.table(TableDefinition.SILVER).path()));
    VerifyReport report = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(report.checks())
        .filteredOn(check -> check.off() > 0)
        .extracting(VerifyReport.Check::name)
        .contains("silver says what bronze's bytes say");
  }

  @Tag("full")
  @Test
  void cutOffBetweenQuarantineAndSilverItIsFinishedByRunningItAgain() throws Exception {
    cutOff("quarantined");
  }

  /**
   * Killed after each step, and run again without the ids: they are remembered by then. Before that
   * nothing has happened.
   */
  @ParameterizedTest
  @Tag("full")
  @ValueSource(
      strings = {"remembered", "prepared", "begun", "silver", "released", "conflicts", "bronze"})
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

    assertThatThrownBy(() -> dying.apply(target)).hasMessage("killed after " + cutOff);
    assertThat(dying.status()).singleElement().matches(status -> status.at() == null);
    Erase.of(lake, configuration).apply(PersonIds.NONE);

    assertThat(silverEvents(lake)).isEqualTo(eventIds(others()));
    assertThat(lake.table(TableDefinition.SILVER).state().quarantinedByReason().get("ERASED"))
        .isEqualTo(ofTarget().size());
    assertThat(emptied(lake)).isEqualTo(ofTarget().size());
    assertThat(lake.unfinishedReplays()).isEmpty();
    assertThat(dying.status()).allMatch(status -> status.at() != null);
    verify(lake, configuration, ofTarget().size());
  }

  /**
   * Records that bronze has emptied: what was made of them stays, is not looked at, cannot be
   * derived again, and is erased all the same.
   */
  @Tag("full")
  @Test
  void whatBronzesRetentionHasTakenStaysInSilverAndCanBeErased() throws Exception {
    GoldRows.empty(postgres);
    Configuration configuration =
        BronzeRows.configured(shared.resolve("retained"), postgres)
            .flag("silver.max-string-size", "256B")
            .flag("bronze.retention", "30d")
            .build();
    Lake lake = Lake.open(spark, configuration);
    List<String> old = mixed(ofTarget());
    BronzeRows.land(lake, old, 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);
    Instant now = Instant.now();
    List<String> fresh =
        List.of(
            event(
                "fresh", now.getEpochSecond() - START.getEpochSecond(), "other-1", null, null, "/"),
            // Copies of events whose records will be gone: with their payload, and with another.
            others().get(1),
            event("other-0-1", 1_200, "other-0", null, null, "/another"),
            // One that the target's event keeps out, which nobody can decide again without that.
            event("claimed", 0, "other-2", null, null, "/third"));
    BronzeRows.land(lake, fresh, 2, old.size(), now);
    Maintenance maintenance = new Maintenance(lake, configuration, Clock.systemUTC());
    // Silver has not read the newest; the old day it has.
    assertThat(emptiedDays(maintenance.plan())).containsExactly("2026-03-03 " + old.size());
    assertThat(pruned(lake)).isZero();

    assertThat(emptiedDays(maintenance.apply())).containsExactly("2026-03-03 " + old.size());
    assertThat(pruned(lake)).isEqualTo(old.size());
    assertThat(emptiedDays(maintenance.plan())).isEmpty();
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    TableState silver = lake.table(TableDefinition.SILVER).state();
    assertThat(silver.duplicates()).isEqualTo(2);
    assertThat(silver.quarantinedByReason()).containsEntry("ID_CONFLICT", 3L);
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.omitted())
        .contains(
            "%d records of bronze are emptied by bronze.retention: what was made of them cannot be derived"
                .formatted(old.size()));
    assertThat(
            new LakeCheck(lake, configuration)
                .prove(new EventDays(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-02")))
                .holds())
        .isTrue();
    Backfill backfill = Backfill.of(lake, configuration);
    assertThatThrownBy(
            () -> backfill.apply(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-02")))
        .isInstanceOf(MedallionException.class)
        .hasMessageContaining("bronze has not all records any more");
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    backfill.apply(today, today);
    Replay.of(lake, configuration).applyQuarantine(Replay.everything());
    assertThat(lake.table(TableDefinition.SILVER).state().rows()).isEqualTo(silver.rows());

    Erase erase = Erase.of(lake, configuration);
    erase.apply(erase.persons(List.of(TARGET), List.of(), null));
    assertThat(silverEvents(lake)).doesNotContain("claimed").contains("other-0-1", "fresh");
    for (TableDefinition table : TableDefinition.ALL) {
      LakeTable of = lake.table(table);
      String bytes = table.equals(TableDefinition.SILVER) ? "''" : "cast(value as string)";
      assertThat(
              of.rowsAt(spark, of.version())
                  .selectExpr("concat(to_json(struct(*)), coalesce(%s, ''))".formatted(bytes))
                  .collectAsList())
          .as(table.name())
          .isNotEmpty()
          .extracting(row -> row.getString(0))
          .noneMatch(row -> Stream.of(TARGET, DEVICE, SESSION, EVENT).anyMatch(row::contains));
    }
    // Of whose event another one was kept out bronze no longer knows enough.
    drain(lake, configuration, GoldJob::start);
    assertThat(new LakeCheck(lake, configuration).prove(EventDays.ALL).holds()).isTrue();

    new Maintenance(lake, configuration, Clock.offset(Clock.systemUTC(), Duration.ofDays(8)))
        .apply();
    assertThat(Traces.inFiles(spark, Path.of(lake.path(), "bronze"), List.of(TARGET, "other-1-1")))
        .isEmpty();
  }

  /** Emptied, a record of several events keeps their places, whosoever is erased then. */
  @Tag("full")
  @Test
  void ofARecordOfSeveralEventsRetentionLeavesThePlaces() throws Exception {
    GoldRows.empty(postgres);
    Path contract = Files.writeString(shared.resolve("batch.yaml"), "batch: {from: events}\n");
    Configuration configuration =
        BronzeRows.configured(shared.resolve("batches"), postgres)
            .flag("silver.contract", contract.toString())
            .flag("bronze.retention", "30d")
            .build();
    Lake lake = Lake.open(spark, configuration);
    List<String> old =
        List.of(
            "{\"sent\":\"%s\",\"events\":[%s,%s,%s]}"
                .formatted(
                    "somewhere",
                    event("a", 0, TARGET, null, null, "/a"),
                    event("b", 60, "other-1", null, null, "/b"),
                    event("c", 60, "other-2", null, null, "/c")),
            event("d", 90, "other-3", null, null, "/d"));
    BronzeRows.land(lake, old, 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start);
    BronzeRows.land(
        lake,
        List.of("{\"events\":[%s]}".formatted(event("b", 60, "other-1", null, null, "/b"))),
        2,
        old.size(),
        Instant.now());
    assertThat(emptiedDays(new Maintenance(lake, configuration, Clock.systemUTC()).apply()))
        .containsExactly("2026-03-03 2");
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    TableState silver = lake.table(TableDefinition.SILVER).state();
    assertThat(silver.duplicates()).isEqualTo(1);
    assertThat(new LakeCheck(lake, configuration).prove(EventDays.ALL).holds()).isTrue();

    Erase erase = Erase.of(lake, configuration);
    erase.apply(erase.persons(List.of(TARGET), List.of(), null));
    drain(lake, configuration, GoldJob::start);
    assertThat(silverEvents(lake)).containsExactlyInAnyOrder("b", "c", "d");
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.notes()).noneMatch(note -> note.contains("came again"));

    // A day that is kept and has lost its content is no retention's.
    String bronze = lake.table(TableDefinition.BRONZE).path();
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.appendOnly' = 'false')"
            .formatted(bronze));
    spark.sql(
        "UPDATE delta.`%s` SET value = NULL, headers = array(named_struct('key', 'medallion.pruned', 'value', CAST(NULL AS binary))) WHERE commit_seq = 2"
            .formatted(bronze));
    assertThat(new LakeCheck(lake, configuration).prove(EventDays.ALL).checks())
        .filteredOn(check -> check.off() > 0)
        .extracting(VerifyReport.Check::name)
        .contains("bronze's days without content are those before its retention");
  }

  private static List<String> emptiedDays(MaintenanceReport report) {
    return report.tables().get(0).emptied().stream()
        .map(day -> day.day() + " " + day.rows())
        .toList();
  }

  private static long pruned(Lake lake) {
    var bronze = lake.table(TableDefinition.BRONZE);
    return bronze
        .rowsAt(spark, bronze.version())
        .where("key is null and value is null and headers[0].key = 'medallion.pruned'")
        .count();
  }

  /** What is written follows the files that hold the persons; no other file is touched. */
  @Test
  @Tag("full")
  void tenThousandPersonsInOneFileCostTheFilesThatHoldThem() throws Exception {
    Configuration configuration =
        Configuration.builder().flag("lake.path", shared.resolve("many").toString()).build();
    Lake lake = Lake.open(spark, configuration);
    int commits = 10;
    long perCommit = 5_000;
    for (int commit = 0; commit < commits; commit++) {
      List<String> events = new ArrayList<>();
      for (int i = 0; i < perCommit; i++) {
        // Those of the first two commits go, each with a day of its own.
        String user = (commit < 2 ? "gone-" : "stays-") + (commit * perCommit + i);
        events.add(
            event("e" + commit + "-" + i, -86_400L * commit + i % 3_600, user, null, null, "/"));
      }
      BronzeRows.land(lake, events, commit + 1L, commit * perCommit, KAFKA_TIME);
      drain(lake, configuration, SilverJob::start);
    }
    var silver = lake.table(TableDefinition.SILVER);
    Set<String> before = paths(silver);
    Path ids = shared.resolve("ids.txt");
    Files.write(ids, LongStream.range(0, 2 * perCommit).mapToObj(i -> "gone-" + i).toList());

    Erase erase = Erase.of(lake, configuration);
    Erase.Receipt receipt = erase.apply(erase.persons(List.of(), List.of(), ids));

    assertThat((long) receipt.ids()).isEqualTo(2 * perCommit);
    assertThat(rows(receipt.tables(), "silver")).isEqualTo(2 * perCommit);
    assertThat(silver.state().rows()).isEqualTo((commits - 2) * perCommit);
    Set<String> touched = new HashSet<>(before);
    touched.removeAll(paths(silver));
    assertThat(touched).isNotEmpty().hasSizeLessThanOrEqualTo(before.size() / 3);
    assertThat(emptied(lake)).isEqualTo(2 * perCommit);
    verify(lake, configuration, 2 * perCommit);
  }

  private static Set<String> paths(LakeTable table) {
    return table.filesAt(table.version()).stream().map(TableFile::path).collect(Collectors.toSet());
  }

  private static Set<String> silverEvents(Lake lake) {
    var silver = lake.table(TableDefinition.SILVER);
    return silver.rowsAt(spark, silver.version()).select("event_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  private static long emptied(Lake lake) {
    var bronze = lake.table(TableDefinition.BRONZE);
    return bronze
        .rowsAt(spark, bronze.version())
        .where(BronzeColumns.VALUE + " is null and headers[0].key = 'medallion.erased'")
        .count();
  }

  private static long rows(
      List<io.medallion.silver.replay.ErasureReport.Table> tables, String name) {
    return tables.stream().filter(t -> t.table().equals(name)).findFirst().orElseThrow().rows();
  }

  private static void verify(Lake lake, Configuration configuration, long erased) {
    VerifyReport proof = new LakeCheck(lake, configuration).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.notes())
        .anyMatch(note -> note.startsWith("%,d records are of erased".formatted(erased)));
  }

  private static void awaitGold(Lake lake, long seq) {
    var silver = lake.table(TableDefinition.SILVER);
    await().atMost(PATIENCE).until(() -> silver.state().get(TableState.SEQ) >= seq);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              try (var connection =
                      DriverManager.getConnection(
                          postgres.url(), postgres.owner().user(), postgres.owner().password());
                  var statement = connection.createStatement();
                  var result =
                      statement.executeQuery("SELECT to_regclass('gold.ledger') IS NOT NULL")) {
                result.next();
                if (!result.getBoolean(1)) {
                  return false;
                }
                try (var ledger =
                    statement.executeQuery("SELECT max(silver_version) FROM gold.ledger")) {
                  ledger.next();
                  return ledger.getLong(1) >= silver.version();
                }
              }
            });
  }

  private static List<List<String>> goldOf(String name, List<String> events) throws Exception {
    GoldRows.empty(postgres);
    Configuration configuration = configuration(shared.resolve(name), postgres);
    Lake lake = Lake.open(spark, configuration);
    BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
    drain(lake, configuration, SilverJob::start, GoldJob::start);
    return GoldRows.all(postgres);
  }

  /** Events by user and by device, a copy, one that is too long, and one that is broken. */
  static List<String> ofTarget() {
    return List.of(
        event("claimed", 0, TARGET, null, null, "/first"),
        event(EVENT + "-1", 60, null, DEVICE, SESSION, "/a"),
        event(EVENT + "-2", 120, TARGET, DEVICE, SESSION, "/b"),
        event(EVENT + "-2", 120, TARGET, DEVICE, SESSION, "/b"),
        event(EVENT + "-3", 7_000, null, null, SESSION, "/c"),
        event(EVENT + "-4", 7_200, TARGET, SHARED, null, "/d"),
        event(EVENT + "-5", 60, TARGET, null, null, "/" + "longlong".repeat(40)),
        "{\"event_id\":\"" + EVENT + "-6\",\"user_id\":\"" + TARGET + "\",\"time");
  }
}
