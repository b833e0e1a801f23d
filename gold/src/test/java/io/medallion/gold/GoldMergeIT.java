package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GoldMergeIT {
  private static final List<SilverRow> EVENTS = new RandomEvents(1).take(50);
  private static final SilverRange FIRST = new SilverRange(GoldMerge.NOTHING_MERGED, 0);

  private Postgres postgres;
  private GoldContents tables;

  @BeforeEach
  void database() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
  }

  @Test
  void twoGoldsAtOnceMergeEachVersionOnce() throws Exception {
    List<List<SilverRow>> versions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      versions.add(EVENTS.subList(2 * i, 2 * i + 2));
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> golds =
          List.of(
              threads.submit(() -> mergeAll(versions)), threads.submit(() -> mergeAll(versions)));
      for (Future<?> gold : golds) {
        gold.get();
      }
    } finally {
      threads.shutdown();
    }
    List<SilverRow> all = new ArrayList<>();
    versions.forEach(all::addAll);
    assertThat(tables.rows("SELECT silver_version, silver_rows FROM gold.ledger"))
        .containsExactly("19|40");
    tables.assertEqual(Oracle.ofPeople(all), "after two golds");
  }

  @Test
  void sessionsThatGoOnInTheOrderOfTheirEventsKeepTheirFirstProducts() {
    List<SilverRow> events = new RandomEvents(11, 1, 13).take(360);
    events.sort(Comparator.comparingLong(SilverRow::time));
    List<List<SilverRow>> versions = new ArrayList<>();
    for (int from = 0; from < events.size(); from += 4) {
      versions.add(events.subList(from, Math.min(events.size(), from + 4)));
    }
    mergeAll(versions);
    tables.assertEqual(Oracle.ofPeople(events), "after parts that follow each other");
  }

  private void mergeAll(List<List<SilverRow>> versions) {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      long position = gold.position();
      while (position < versions.size() - 1) {
        List<SilverRow> rows = versions.get((int) position + 1);
        position =
            gold.merge(
                Fixtures.copied(postgres, rows),
                new SilverRange(position, position + 1),
                Fixtures.UNREAD,
                LayerStatusSnapshot.UNKNOWN);
      }
    }
  }

  @Test
  void anotherSilverTableIsRefused() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    try (GoldMerge other = Fixtures.gold(postgres, "another-table", Fixtures.SETTINGS)) {
      assertThatThrownBy(other::position)
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.GOLD_SOURCE_REPLACED);
                assertThat(e.remedy()).contains("medallion gold --rebuild");
              });
    }
  }

  @Test
  void nothingIsAddedToRowsOfAnotherDefinitionUntilTheyAreMadeAnew() {
    GoldSettings longer =
        new GoldSettings(RandomEvents.GAP + 1, GoldSettings.UNLIMITED, false, false);
    try (GoldMerge gold = Fixtures.gold(postgres);
        GoldMerge other = Fixtures.gold(postgres, Fixtures.TABLE, longer)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
      assertThat(gold.outdated()).isEmpty();
      refused(other::position);

      assertThat(other.outdated()).containsExactly("sessions");
      assertThat(other.fill(other.outdated(), new PlainSilver(EVENTS), 0)).isZero();
      assertThat(other.outdated()).isEmpty();
      tables.assertEqual(
          new Oracle(EVENTS.stream().filter(e -> !e.bot()).toList(), RandomEvents.GAP + 1),
          "made anew");

      refused(
          () ->
              gold.merge(
                  Fixtures.inline(postgres, List.of()),
                  new SilverRange(0, 1),
                  Fixtures.UNREAD,
                  LayerStatusSnapshot.UNKNOWN));
    }
  }

  private static void refused(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.GOLD_DEFINITION_CHANGED))
        .hasMessageContaining("sessions");
  }

  @Test
  void whatCountsChangesInTheLedgerToo() {
    GoldSettings bots = new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, true, false);
    try (GoldMerge gold = Fixtures.gold(postgres);
        GoldMerge other = Fixtures.gold(postgres, Fixtures.TABLE, bots)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
      assertThat(tables.rows("SELECT bots FROM gold.ledger")).doesNotContain("0");
      other.fill(other.outdated(), new PlainSilver(EVENTS), 0);
      tables.assertEqual(new Oracle(EVENTS, RandomEvents.GAP), "with bots");
      assertThat(tables.rows("SELECT silver_rows, bots FROM gold.ledger"))
          .containsExactly(EVENTS.size() + "|0");
      assertThat(other.position()).isZero();
    }
  }

  @Test
  void aMartSwitchedOffAndOnAgainFillsItselfFromSilver() {
    GoldSettings with = new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, true);
    try (GoldMerge gold = Fixtures.gold(postgres, Fixtures.TABLE, with)) {
      gold.merge(
          Fixtures.inline(postgres, List.of()),
          FIRST,
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS),
          new SilverRange(0, 1),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    try (GoldMerge gold = Fixtures.gold(postgres, Fixtures.TABLE, with)) {
      assertThat(gold.position()).isEqualTo(1);
      assertThatThrownBy(
              () ->
                  gold.merge(
                      Fixtures.inline(postgres, List.of()),
                      new SilverRange(1, 2),
                      Fixtures.UNREAD,
                      LayerStatusSnapshot.UNKNOWN))
          .hasMessageContaining("user_events");
      assertThat(gold.outdated()).containsExactly("user_events");
      assertThat(gold.fill(gold.outdated(), new PlainSilver(EVENTS), 1)).isEqualTo(1);
      assertThat(gold.outdated()).isEmpty();
      tables.assertEqual(Oracle.ofPeople(EVENTS), "the others");
      assertThat(tables.userEvents()).isEqualTo(Oracle.ofPeople(EVENTS).userEvents());
    }
  }

  @Test
  void stagedRowsThatPostgresLostAreNotMergedInPart() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      List<Staging.Result> staged = Fixtures.copied(postgres, EVENTS);
      TestPostgres.execute(postgres, "TRUNCATE gold_staging.sessions");
      assertThat(gold.merge(staged, FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN))
          .isEqualTo(GoldMerge.NOTHING_MERGED);
      assertThat(tables.pageViews()).isEmpty();
      gold.merge(
          Fixtures.copied(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    tables.assertEqual(Oracle.ofPeople(EVENTS), "after the second try");
  }

  @Test
  void nothingStaysInStagingBehindAMergeOrARefusal() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      List<Staging.Result> first = Fixtures.copied(postgres, EVENTS);
      List<Staging.Result> second = Fixtures.copied(postgres, EVENTS);
      assertThat(gold.merge(first, FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN)).isZero();
      assertThat(gold.merge(second, FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN)).isZero();
    }
    for (Mart mart : TestMarts.of(Fixtures.SETTINGS).all()) {
      assertThat(tables.rows("SELECT count(*) FROM gold_staging." + mart.relation()))
          .containsExactly("0");
    }
  }

  @Test
  void leftOversOfDeadAttemptsAreSweptWhenGoldConnects() {
    Fixtures.copied(postgres, EVENTS);
    TestPostgres.execute(
        postgres, "UPDATE gold_staging.sessions SET staged_at = now() - interval '2 days'");
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.position();
    }
    assertThat(tables.rows("SELECT count(*) FROM gold_staging.sessions")).containsExactly("0");
  }

  @Test
  void aConnectionCutByTheServerIsOpenedAnew() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.position();
      TestPostgres.execute(
          postgres,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
              + " current_database() AND pid <> pg_backend_pid()");
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    tables.assertEqual(Oracle.ofPeople(EVENTS), "after the cut");
  }

  @Test
  void anEarlierStateOfPostgresIsGoneOnFrom() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS.subList(0, 20)),
          FIRST,
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
      tables.empty();
      long stands =
          gold.merge(
              Fixtures.inline(postgres, EVENTS.subList(20, 50)),
              new SilverRange(0, 1),
              Fixtures.UNREAD,
              LayerStatusSnapshot.UNKNOWN);
      assertThat(stands).isEqualTo(GoldMerge.NOTHING_MERGED);
      gold.merge(
          Fixtures.inline(postgres, EVENTS),
          new SilverRange(GoldMerge.NOTHING_MERGED, 1),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    tables.assertEqual(Oracle.ofPeople(EVENTS), "after the restore");
  }

  @Test
  void anEmptyRangeMovesTheLedger() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      assertThat(
              gold.merge(
                  Fixtures.inline(postgres, List.of()),
                  FIRST,
                  Fixtures.UNREAD,
                  LayerStatusSnapshot.UNKNOWN))
          .isZero();
      assertThat(gold.position()).isZero();
    }
  }

  @Test
  void aRebuildReplacesWhatWasThereByTheNewDefinition() {
    try (GoldMerge gold = Fixtures.gold(postgres, "old-table", Fixtures.SETTINGS)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    List<SilverRow> events = new RandomEvents(2).take(100);
    GoldSettings bots = new GoldSettings(60_000_000L, GoldSettings.UNLIMITED, true, true);
    SilverHistory silver = new PlainSilver(events, "new-table");
    Fixtures.rebuild(postgres, "new-table", bots, silver, 12, LayerStatusSnapshot.UNKNOWN);
    try (GoldMerge gold = Fixtures.gold(postgres, "new-table", bots)) {
      assertThat(gold.position()).isEqualTo(12);
    }
    Oracle oracle = new Oracle(events, 60_000_000L);
    tables.assertEqual(oracle, "rebuilt");
    assertThat(tables.userEvents()).isEqualTo(oracle.userEvents());
  }

  @Test
  void layerStatusSaysWhatEachLayerHasDone() {
    LayerStatusSnapshot status =
        new LayerStatusSnapshot(
            List.of(
                new LayerStatusSnapshot.Layer(
                    "silver",
                    "v3",
                    60,
                    50,
                    7,
                    3,
                    Map.of("NOT_UTF8", 2L, "ID_CONFLICT", 1L),
                    4,
                    Map.of("cheap", 9L),
                    Instant.parse("2024-01-01T00:00:00Z"),
                    Instant.parse("2024-01-01T00:00:01Z"))));
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, status);
      gold.merge(
          Fixtures.inline(postgres, List.of()), new SilverRange(0, 1), Fixtures.UNREAD, status);
      assertLayerStatus();
      // A gold that begins with the whole of silver may have no merge for hours.
      TestPostgres.execute(postgres, "DELETE FROM gold.layer_status");
    }
    Fixtures.rebuild(
        postgres, Fixtures.TABLE, Fixtures.SETTINGS, new PlainSilver(EVENTS), 1, status);
    assertLayerStatus();
  }

  private void assertLayerStatus() {
    long bots = EVENTS.stream().filter(SilverRow::bot).count();
    assertThat(
            tables.rows(
                "SELECT layer, position, rows_read, rows_written, duplicates, quarantined, reasons,"
                    + " more_events, flags, committed_at IS NULL FROM gold.layer_status"))
        .containsExactly(
            "gold|1|50|%d|0|0|{}|0|{}|f".formatted(50 - bots),
            "silver|v3|60|50|7|3|{\"NOT_UTF8\": 2, \"ID_CONFLICT\": 1}|4|{\"cheap\": 9}|f");
  }

  @Test
  void aMergeWithoutRowsMakesNothingFresh() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, List.of()),
          FIRST,
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    assertThat(tables.rows("SELECT newest_event, newest_kafka FROM gold.ledger"))
        .containsExactly("null|null");
  }

  @Test
  void revenueIsExactWhereDoublesAreNot() {
    BigDecimal least = new BigDecimal("0.000001");
    BigDecimal most = new BigDecimal("999999999999.999999");
    List<SilverRow> events =
        List.of(
            Fixtures.purchase("a", "v", 0, most),
            Fixtures.purchase("b", "v", 1, least),
            Fixtures.purchase("c", "v", 2, new BigDecimal("0.1")),
            Fixtures.purchase("d", "v", 3, new BigDecimal("10000")));
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, events), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    assertThat(tables.rows("SELECT orders, revenue FROM gold.revenue"))
        .containsExactly("4|1000000010000.100000");
  }

  @Test
  void everyViewAnswers() {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, EVENTS), FIRST, Fixtures.UNREAD, LayerStatusSnapshot.UNKNOWN);
    }
    List<String> views =
        tables.rows("SELECT viewname FROM pg_views WHERE schemaname = 'gold' ORDER BY 1");
    assertThat(views).contains("user_sessions", "page_view_counts", "conversion_by_hour");
    views.stream()
        .filter(view -> !view.equals("purchase_bursts"))
        .forEach(view -> assertThat(tables.rows("SELECT * FROM gold." + view)).isNotEmpty());
  }

  @Test
  void everyTableViewAndColumnSaysWhatItIs() {
    assertThat(
            tables.rows(
                """
                SELECT c.relname, a.attname
                FROM pg_class c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relnamespace = 'gold'::regnamespace AND c.relkind = 'r'
                  AND col_description(c.oid, a.attnum) IS NULL"""))
        .isEmpty();
    assertThat(
            tables.rows(
                """
                SELECT relname
                FROM pg_class
                WHERE relnamespace = 'gold'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
                  AND obj_description(oid, 'pg_class') IS NULL"""))
        .isEmpty();
  }

  @Test
  void everyTableAndViewIsInTheDocument() throws IOException {
    String document = Files.readString(Path.of("../docs/tables.md"));
    assertThat(
            tables.rows(
                """
                SELECT relname
                FROM pg_class
                WHERE relnamespace = 'gold'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')"""))
        .hasSizeGreaterThan(40)
        .allSatisfy(name -> assertThat(document).contains("`" + name + "`"));
  }
}
