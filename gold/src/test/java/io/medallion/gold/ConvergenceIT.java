package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Stitching;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.StageTask;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever the order, the batches, the crashes and the replays, gold equals one batch computation
 * over the same events.
 */
class ConvergenceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Added to every seed, so that another run tries others. */
  private static final long FIRST_SEED = Long.getLong("test.first.seed", 0);

  private static Postgres postgres;
  private static GoldContents tables;

  /** A process that dies: nothing catches it, and the next one opens gold again. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeAll
  static void database() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
  }

  @Test
  void goldEqualsTheOracle() {
    for (long seed = 0; seed < 20; seed++) {
      run(seed, null, Retention.UNLIMITED);
    }
  }

  /** In any order and any batches: what the pairs at each edge come to is written down here. */
  @Test
  void edgesAreWhereTheDefinitionsPutThem() {
    for (long seed = 500; seed < 508; seed++) {
      run(FIRST_SEED + seed, Edges.events(), null, Retention.UNLIMITED);
      assertThat(
              tables.rows(
                  "SELECT visitor, (extract(epoch FROM duration) * 1000000)::bigint, events FROM"
                      + " gold.sessions"))
          .as("seed " + seed)
          .isEqualTo(Edges.SESSIONS);
      assertThat(
              tables.rows(
                  "SELECT day, count(*) FROM gold.daily_users WHERE visitor IN ('midnight', 'days')"
                      + " GROUP BY day"))
          .as("seed " + seed)
          .containsExactly("2024-02-28|2", "2024-02-29|2", "2024-03-01|1", "2024-03-02|1");
      assertThat(
              tables.rows(
                  "SELECT window_start AT TIME ZONE 'UTC', sum(views) FROM gold.page_views JOIN"
                      + " (SELECT '/' || n AS page FROM generate_series(15, 18) AS n) AS w USING"
                      + " (page) GROUP BY 1"))
          .as("seed " + seed)
          .containsExactly("2024-02-29 00:04:00|1", "2024-02-29 00:05:00|3");
    }
  }

  @Test
  void goldEqualsTheOracleThroughSpark() {
    for (long seed = 1_000; seed < 1_004; seed++) {
      run(seed, TestSpark.session(), Retention.UNLIMITED);
    }
  }

  /** The same where who is who turns out meanwhile. */
  @Test
  void goldEqualsTheOracleWhateverTurnsOutAboutPeople() {
    for (long seed = 4_000; seed < 4_012; seed++) {
      runWithLinks(seed, null, Retention.UNLIMITED);
    }
    for (long seed = 5_000; seed < 5_002; seed++) {
      runWithLinks(seed, TestSpark.session(), Fixtures.retention(new Random(FIRST_SEED + seed)));
    }
  }

  @Test
  @Tag("full")
  void goldEqualsTheOracleWhateverTurnsOutAboutPeopleForManySeeds() {
    for (long seed = 6_000; seed < 6_300; seed++) {
      runWithLinks(seed, TestSpark.session(), Fixtures.retention(new Random(FIRST_SEED + seed)));
    }
  }

  @Test
  void whatIsKeptEqualsTheOracleWhereTheRestIsNot() {
    for (long seed = 3_000; seed < 3_002; seed++) {
      run(seed, TestSpark.session(), Fixtures.retention(new Random(FIRST_SEED + seed)));
    }
  }

  @Test
  @Tag("full")
  void whatIsKeptEqualsTheOracleForManySeeds() {
    for (long seed = 3_002; seed < 3_052; seed++) {
      run(seed, TestSpark.session(), Fixtures.retention(new Random(FIRST_SEED + seed)));
    }
  }

  @Test
  @Tag("full")
  void goldEqualsTheOracleForManySeeds() {
    for (long seed = 2_000; seed < 2_600; seed++) {
      run(seed, null, Retention.UNLIMITED);
    }
  }

  /** A null session drives the same code without Spark, which is what makes many seeds cheap. */
  private static void run(long seed, SparkSession spark, Retention retention) {
    long own = FIRST_SEED + seed;
    int count = 20 + new Random(own).nextInt(200);
    run(own, new RandomEvents(own).take(count), spark, retention);
  }

  private static void runWithLinks(long seed, SparkSession spark, Retention retention) {
    long own = FIRST_SEED + seed;
    Random random = new Random(own);
    List<SilverRow> events = new RandomEvents(own).take(20 + random.nextInt(120));
    run(own, People.identified(events, random), People.STITCHING, spark, retention);
  }

  private static void run(
      long seed, List<SilverRow> events, SparkSession spark, Retention retention) {
    run(seed, events, Stitching.OFF, spark, retention);
  }

  private static void run(
      long seed,
      List<SilverRow> events,
      Stitching stitching,
      SparkSession spark,
      Retention retention) {
    tables.empty();
    Random random = new Random(seed);
    Collections.shuffle(events, random);
    List<List<SilverRow>> versions = split(events, random);
    int bytes = random.nextBoolean() ? 1 << 20 : random.nextInt(2_000);
    int keys = random.nextBoolean() ? 100_000 : 1 + random.nextInt(5);
    GoldSettings settings = settings(random, stitching);
    Staging staging = new Staging(TestMarts.of(settings), postgres, bytes, keys);

    long position = GoldMerge.NOTHING_MERGED;
    GoldMerge gold = open(staging, retention, random);
    while (position < versions.size() - 1) {
      long after = random.nextInt(4) == 0 ? random.nextInt(versions.size()) - 1 : position;
      long upTo = after + random.nextInt(versions.size() - (int) after);
      SilverRange range = new SilverRange(after, upTo);
      List<SilverRow> rows = new ArrayList<>();
      versions.subList((int) after + 1, (int) upTo + 1).forEach(rows::addAll);
      try {
        SilverHistory silver =
            history(spark != null || stitching.on(), versions.subList(0, (int) upTo + 1));
        long reached = merge(gold, staging, spark, rows, range, silver);
        assertThat(reached).isEqualTo(after == position ? upTo : position);
        position = reached;
      } catch (Killed e) {
        gold.close();
        gold = open(staging, retention, random);
        position = gold.position();
      }
    }
    gold.close();
    List<SilverRow> counted = events.stream().filter(e -> counts(e, settings)).toList();
    People people = new People(events);
    Oracle oracle =
        new Oracle(stitching.on() ? people.counted(counted) : counted, RandomEvents.GAP);
    tables.assertEqual(oracle, "seed " + seed);
    assertThat(tables.rows("SELECT site, kind, id, person FROM gold.identities"))
        .as("identities, seed " + seed)
        .isEqualTo(stitching.on() ? people.identities() : List.of());
    assertThat(tables.userEvents())
        .as("user_events, seed " + seed)
        .isEqualTo(
            settings.userEvents()
                ? GoldContents.from(tables.retainedFrom(), oracle.userEvents(), 1)
                : List.of());
    assertThat(tables.lateness()).as("lateness, seed " + seed).isEqualTo(Oracle.lateness(events));
    assertAddsUp(events, counted, settings, "seed " + seed);
    assertKept(events, retention, "seed " + seed);
  }

  /** The days and hours from which all is kept follow from the newest event alone. */
  private static void assertKept(List<SilverRow> events, Retention retention, String described) {
    long hour = 3_600 * RandomEvents.SECOND;
    long newest = events.stream().mapToLong(SilverRow::time).max().orElseThrow();
    Long rows =
        retention.rowsMicros() == GoldSettings.UNLIMITED
            ? null
            : (Long) (Math.floorDiv(newest - retention.rowsMicros(), 24 * hour) * 24 * hour);
    Long sets =
        retention.setsMicros() == GoldSettings.UNLIMITED
            ? rows
            : (Long) (Math.floorDiv(newest - retention.setsMicros(), hour) * hour);
    if (rows != null) {
      sets = Math.max(rows, sets);
    }
    long left = events.stream().filter(e -> rows != null && e.time() < rows).count();
    assertThat(
            tables.rows(
                "SELECT (extract(epoch FROM retained_from) * 1000000)::bigint,"
                    + " (extract(epoch FROM user_sets_retained_from) * 1000000)::bigint,"
                    + " (SELECT beyond_retention FROM gold.freshness) FROM gold.ledger"))
        .as(described)
        .containsExactly(rows + "|" + sets + "|" + left);
  }

  private static GoldSettings settings(Random random, Stitching stitching) {
    long lateness = random.nextInt(3) == 0 ? 120 * RandomEvents.SECOND : GoldSettings.UNLIMITED;
    return new GoldSettings(
        RandomEvents.GAP, lateness, random.nextInt(3) == 0, random.nextInt(3) == 0, stitching);
  }

  static boolean counts(SilverRow event, GoldSettings settings) {
    return (settings.countBots() || !event.bot())
        && event.kafkaTime() - event.time() <= settings.allowedLatenessMicros();
  }

  private static void assertAddsUp(
      List<SilverRow> events, List<SilverRow> counted, GoldSettings settings, String described) {
    long bots = settings.countBots() ? 0 : events.stream().filter(SilverRow::bot).count();
    assertThat(
            tables.rows(
                "SELECT silver_rows, bots, late_dropped, CASE WHEN retained_from IS NULL"
                    + " THEN (SELECT coalesce(sum(events), 0) FROM gold.sessions)"
                    + " ELSE silver_rows - bots - late_dropped END FROM gold.ledger"))
        .as(described)
        .containsExactly(
            "%d|%d|%d|%d"
                .formatted(
                    events.size(), bots, events.size() - bots - counted.size(), counted.size()));
  }

  private static long merge(
      GoldMerge gold,
      Staging staging,
      SparkSession spark,
      List<SilverRow> rows,
      SilverRange range,
      SilverHistory silver) {
    if (spark != null) {
      return gold.merge(
          List.of(gold.stage(TestSpark.silver(spark, rows))),
          range,
          silver,
          LayerStatusSnapshot.UNKNOWN);
    }
    // Every other one as a merge that takes what was staged in several parts.
    int half = rows.size() % 2 == 0 ? rows.size() / 2 : 0;
    List<Staging.Result> parts =
        List.of(
            staged(staging, rows.subList(0, half)),
            staged(staging, rows.subList(half, rows.size())));
    return gold.merge(parts, range, silver, LayerStatusSnapshot.UNKNOWN);
  }

  private static SilverHistory history(boolean read, List<List<SilverRow>> versions) {
    return read
        ? new PlainSilver(versions.stream().flatMap(List::stream).toList())
        : Fixtures.UNREAD;
  }

  /** Two tasks, as Spark would run them. */
  private static Staging.Result staged(Staging staging, List<SilverRow> rows) {
    UUID stage = UUID.randomUUID();
    StageTask task = staging.task(stage, staging.inlineBytes(), EventFilter.ALL, false);
    List<String> columns = staging.columns();
    int half = rows.size() / 2;
    try {
      return new Staging.Result(
          stage,
          List.of(
              task.stage(TestMarts.rows(rows.subList(0, half), columns), 1),
              task.stage(TestMarts.rows(rows.subList(half, rows.size()), columns), 2)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<List<SilverRow>> split(List<SilverRow> events, Random random) {
    List<List<SilverRow>> versions = new ArrayList<>();
    int from = 0;
    while (from < events.size()) {
      int to = Math.min(events.size(), from + random.nextInt(40));
      versions.add(events.subList(from, to));
      from = to;
    }
    return versions;
  }

  private static GoldMerge open(Staging staging, Retention retention, Random random) {
    return new GoldMerge(
        postgres,
        Fixtures.TABLE,
        staging,
        retention,
        connection -> commit(connection, random),
        PATIENCE);
  }

  private static void commit(Connection connection, Random random) throws SQLException {
    switch (random.nextInt(8)) {
      case 0 -> throw new SQLException("cut before the commit", "08006");
      case 1 -> {
        connection.commit();
        throw new SQLException("cut before the answer", "08006");
      }
      case 2 -> {
        connection.rollback();
        throw new SQLException("deadlock", "40P01");
      }
      case 3 -> throw new Killed();
      case 4 -> {
        connection.commit();
        throw new Killed();
      }
      default -> connection.commit();
    }
  }
}
