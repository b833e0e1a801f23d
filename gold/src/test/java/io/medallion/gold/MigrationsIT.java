package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.postgres.LaterReleases;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that this release has filled, and made-up later releases that come to it. */
class MigrationsIT {
  private static final List<SilverRow> EVENTS = new RandomEvents(31).take(240);
  private static final List<SilverRow> FIRST_HALF = EVENTS.subList(0, EVENTS.size() / 2);
  private static final List<SilverRow> SECOND_HALF =
      EVENTS.subList(EVENTS.size() / 2, EVENTS.size());

  private static final String READER = "reader_of_later_releases";
  private static final String SECOND = "made_up/002_visited_days";
  private static final String THIRD = "made_up/003_first_days";
  private static final String FAILING = "made_up/004_fails";
  private static final String DIVISION_BY_ZERO = "22012";

  private static final String VERSIONS = "SELECT version, file FROM gold.schema_versions";
  private static final String VISITED_DAYS = "SELECT site, days FROM gold.visited_days";
  private static final String COMMENT_OF_A_VIEW =
      "SELECT obj_description('gold.freshness'::regclass)";

  /** All of the schema that one can see, and who may read it. */
  private static final String SCHEMA =
      """
      SELECT c.oid::regclass, c.relkind, c.reloptions, c.relacl, pg_get_viewdef(c.oid),
        a.attname, a.atttypid::regtype, a.attnotnull, col_description(c.oid, a.attnum)
      FROM pg_class AS c
      LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace IN ('gold'::regnamespace, 'gold_staging'::regnamespace)""";

  private Postgres postgres;

  @BeforeAll
  static void role() {
    TestPostgres.execute(TestPostgres.superuser("postgres"), "CREATE ROLE " + READER);
  }

  @BeforeEach
  void aFilledDatabase() {
    postgres = TestPostgres.database();
    migrate(postgres);
    merge(GoldMerge.NOTHING_MERGED, FIRST_HALF);
  }

  @Test
  void anUpgradeKeepsTheRowsAndMergesGoOn() {
    assertThat(rows(VERSIONS)).containsExactly("1|001_gold");
    migrate(postgres, SECOND, THIRD);
    assertThat(rows(VERSIONS)).containsExactly("1|001_gold", "2|" + SECOND, "3|" + THIRD);
    assertThat(rows(VISITED_DAYS)).isNotEmpty().isEqualTo(visitedDays(FIRST_HALF));
    GoldContents tables = new GoldContents(postgres);
    tables.assertEqual(Oracle.ofPeople(FIRST_HALF), "upgraded");
    merge(0, SECOND_HALF);
    tables.assertEqual(Oracle.ofPeople(EVENTS), "upgraded, and merged into");
    assertThat(rows("SELECT count(*) FROM gold.user_sessions"))
        .containsExactly("" + Oracle.ofPeople(EVENTS).sessions().size());
  }

  @Test
  void martsThatALaterReleaseDefinesOtherwiseOrAddsAreFilledAgain() {
    migrate(postgres, SECOND);
    TestPostgres.execute(
        postgres,
        "UPDATE gold.definitions SET definition = regexp_replace(definition, '\\d+', '0');"
            + " DELETE FROM gold.definitions WHERE mart = 'visitor_countries';"
            + " TRUNCATE gold.visitor_countries, gold.country_changes");
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      assertThat(gold.outdated()).isNotEmpty();
      gold.fill(gold.outdated(), new PlainSilver(FIRST_HALF), 0);
      assertThat(gold.outdated()).isEmpty();
    }
    GoldContents tables = new GoldContents(postgres);
    tables.assertEqual(Oracle.ofPeople(FIRST_HALF), "filled again");
    merge(0, SECOND_HALF);
    tables.assertEqual(Oracle.ofPeople(EVENTS), "filled again, and merged into");
  }

  @Test
  void aNewDatabaseAndOneUpgradedStepByStepHaveTheSameSchema() {
    Postgres fresh = TestPostgres.database();
    migrate(fresh, SECOND, THIRD);
    migrate(postgres, SECOND);
    migrate(postgres, SECOND, THIRD);
    assertThat(rows(SCHEMA)).isNotEmpty().isEqualTo(TestPostgres.rows(fresh, SCHEMA));
    assertThat(rows(VERSIONS)).isEqualTo(TestPostgres.rows(fresh, VERSIONS));
  }

  @Test
  void anUpgradeCreatesTheViewsAgainAndGrantsTheNewTables() {
    TestPostgres.execute(postgres, "COMMENT ON VIEW gold.freshness IS 'of an earlier release'");
    migrate(postgres, SECOND);
    assertThat(rows(COMMENT_OF_A_VIEW)).noneMatch(comment -> comment.contains("earlier release"));
    assertThat(
            rows(
                "SELECT has_table_privilege('%s', 'gold.visited_days', 'SELECT')"
                    .formatted(READER)))
        .containsExactly("t");
  }

  @Test
  void aStartWithNothingToMigrateLeavesTheSchemaAlone() {
    migrate(postgres, SECOND);
    TestPostgres.execute(postgres, "COMMENT ON VIEW gold.freshness IS 'of an administrator'");
    List<String> before = state();
    migrate(postgres, SECOND);
    assertThat(state()).isEqualTo(before);
    assertThat(rows(COMMENT_OF_A_VIEW)).containsExactly("of an administrator");
  }

  @Test
  void startsAtOnceUpgradeOnceAndCountWhatAnEarlierReleaseMergesMeanwhile() throws Exception {
    List<CompletableFuture<Void>> starts;
    try (Connection merge = postgres.connect();
        Statement statement = merge.createStatement()) {
      merge.setAutoCommit(false);
      statement.execute("INSERT INTO gold.new_users VALUES ('elsewhere', '2026-01-05', 1)");
      Supplier<CompletableFuture<Void>> start =
          () -> CompletableFuture.runAsync(() -> migrate(postgres, SECOND));
      starts = List.of(start.get(), start.get());
      await().until(() -> !rows(TestPostgres.WAITING).isEmpty());
      assertThat(starts).noneMatch(CompletableFuture::isDone);
      merge.commit();
    }
    for (CompletableFuture<Void> start : starts) {
      start.get(1, TimeUnit.MINUTES);
    }
    assertThat(rows(VERSIONS)).containsExactly("1|001_gold", "2|" + SECOND);
    List<String> expected = new ArrayList<>(visitedDays(FIRST_HALF));
    expected.add("elsewhere|1");
    assertThat(rows(VISITED_DAYS)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aMigrationThatFailsLeavesNothingOfTheUpgrade() {
    List<String> before = state();
    assertThatThrownBy(() -> migrate(postgres, SECOND, THIRD, FAILING))
        .hasCauseInstanceOf(SQLException.class)
        .cause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(DIVISION_BY_ZERO));
    assertThat(state()).isEqualTo(before);
    merge(0, SECOND_HALF);
    migrate(postgres, SECOND, THIRD);
    assertThat(rows(VISITED_DAYS)).isEqualTo(visitedDays(EVENTS));
  }

  @Test
  void aMigrationThatFailsInANewDatabaseLeavesItEmpty() {
    Postgres fresh = TestPostgres.database();
    assertThatThrownBy(() -> migrate(fresh, SECOND, THIRD, FAILING)).isNotNull();
    assertThat(TestPostgres.rows(fresh, "SELECT nspname FROM pg_namespace WHERE nspname ~ '^gold'"))
        .isEmpty();
  }

  @Test
  void aNewerSchemaIsRefusedAndLeftAlone() {
    migrate(postgres, SECOND);
    List<String> before = state();
    assertRefused(() -> TestPostgres.migrate(postgres), ErrorCode.POSTGRES_SCHEMA_NEWER, 2, 1);
    assertRefused(() -> isHere(postgres), ErrorCode.POSTGRES_SCHEMA_NEWER, 2, 1);
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void readersRefuseAnOlderSchemaUntilItIsUpgraded() {
    assertThat(isHere(TestPostgres.database())).as("no schema").isFalse();
    assertThat(isHere(postgres)).isTrue();
    assertRefused(() -> isHere(postgres, SECOND), ErrorCode.POSTGRES_SCHEMA_OLDER, 1, 2);
    migrate(postgres, SECOND);
    assertThat(isHere(postgres, SECOND)).isTrue();
  }

  private static void assertRefused(
      ThrowingCallable start, ErrorCode code, int inPostgres, int ofTheProgram) {
    assertThatThrownBy(start)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.problem())
                  .contains("version " + inPostgres)
                  .endsWith(" " + ofTheProgram);
            });
  }

  /** Schema, versions, and the rows that the made-up releases change. */
  private List<String> state() {
    return Stream.of(SCHEMA, VERSIONS, "SELECT * FROM gold.new_users", COMMENT_OF_A_VIEW)
        .flatMap(sql -> rows(sql).stream())
        .toList();
  }

  private static List<String> visitedDays(List<SilverRow> events) {
    TreeMap<String, String> first = new TreeMap<>();
    for (String daySiteVisitor : Oracle.ofPeople(events).dailyUsers()) {
      String[] parts = daySiteVisitor.split("\\|", 2);
      first.merge(parts[1], parts[0], (x, y) -> x.compareTo(y) < 0 ? x : y);
    }
    TreeMap<String, TreeSet<String>> days = new TreeMap<>();
    first.forEach(
        (siteVisitor, day) ->
            days.computeIfAbsent(siteVisitor.split("\\|", 2)[0], site -> new TreeSet<>()).add(day));
    return days.entrySet().stream()
        .map(e -> e.getKey() + "|" + e.getValue().size())
        .sorted()
        .toList();
  }

  private List<String> rows(String sql) {
    return TestPostgres.rows(postgres, sql);
  }

  private static void migrate(Postgres database, String... later) {
    try (Connection owner = database.connect()) {
      LaterReleases.migrate(
          owner,
          "postgres",
          READER,
          List.of(later),
          as -> new MartTables(as).create(TestMarts.SHIPPED));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isHere(Postgres database, String... later) {
    try (Connection reader = database.connect();
        Statement statement = reader.createStatement()) {
      return later.length == 0
          ? Migrations.isHere(statement)
          : LaterReleases.isHere(statement, List.of(later));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void merge(long after, List<SilverRow> events) {
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, events),
          new SilverRange(after, after + 1),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
  }
}
