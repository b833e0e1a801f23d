package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Stitching;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Days of silver that were replaced while gold looked on: gold equals the oracle all the same. */
class ReplacedDaysIT {
  private static final long DAY = 86_400_000_000L;
  private static final long MINUTE = 60_000_000L;
  private static final long MIDNIGHT = 19_782 * DAY;

  /** Added to seeds, so that another run tries others. */
  private static final long FIRST_SEED = Long.getLong("test.first.seed", 0);

  private static SparkSession spark;
  private static Postgres postgres;
  private static GoldContents tables;

  /** A process that dies in the middle. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeAll
  static void start() {
    spark = TestSpark.session();
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
  }

  @Test
  void goldEqualsTheOracleWhateverWasReplaced() {
    for (long seed = 0; seed < 4; seed++) {
      System.out.println("seed " + seed);
      tables.empty();
      run(new Random(seed), new RandomEvents(seed).take(260), Stitching.OFF, "seed " + seed);
    }
  }

  /** Links come and go with the events that say so. */
  @Test
  void goldEqualsTheOracleWhateverReplacedDaysSayOfPeople() {
    ofPeople(FIRST_SEED + 100, FIRST_SEED + 102);
  }

  @Tag("full")
  @Test
  void goldEqualsTheOracleWhateverReplacedDaysSayOfPeopleForMoreSeeds() {
    ofPeople(FIRST_SEED + 102, FIRST_SEED + 120);
  }

  private void ofPeople(long from, long until) {
    for (long seed = from; seed < until; seed++) {
      System.out.println("seed " + seed);
      tables.empty();
      Random random = new Random(seed);
      List<SilverRow> events = People.identified(new RandomEvents(seed).take(260), random);
      run(random, events, People.STITCHING, "seed " + seed);
    }
  }

  private static void run(
      Random random, List<SilverRow> all, Stitching stitching, String described) {
    GoldSettings settings =
        new GoldSettings(
            RandomEvents.GAP,
            random.nextBoolean() ? 120 * RandomEvents.SECOND : GoldSettings.UNLIMITED,
            random.nextBoolean(),
            true,
            stitching);
    Retention retention = Fixtures.retention(random);
    List<SilverRow> silver = new ArrayList<>(all.subList(0, 120));
    long version = 0;
    GoldMerge gold = open(settings, retention, random);
    while (gold.position() == GoldMerge.NOTHING_MERGED) {
      try {
        gold.merge(
            List.of(gold.stage(TestSpark.silver(spark, silver))),
            new SilverRange(-1, 0),
            stitching.on() ? new PlainSilver(List.copyOf(silver)) : Fixtures.UNREAD,
            LayerStatusSnapshot.UNKNOWN);
      } catch (Killed e) {
        gold.close();
        gold = open(settings, retention, random);
      }
    }
    for (int from = 120; from < all.size(); from += 70) {
      List<SilverRow> appended = all.subList(from, from + 20);
      List<SilverRow> replaced = all.subList(from + 20, from + 70);
      Set<LocalDate> days = someDays(silver, random);
      silver.addAll(appended);
      metadata(silver, replaced, days, random);
      List<SilverRow> now = List.copyOf(silver);
      SilverRange range = new SilverRange(version, version + 2);
      while (gold.position() == version) {
        try {
          gold.replace(
              new PlainSilver(now),
              days,
              PlainSilver.chunks(appended),
              range,
              LayerStatusSnapshot.UNKNOWN);
        } catch (Killed e) {
          gold.close();
          gold = open(settings, retention, random);
        }
      }
      version += 2;
      assertEqual(now, settings, described + " at " + version);
    }
    gold.close();
  }

  private static GoldMerge open(GoldSettings settings, Retention retention, Random random) {
    Staging staging =
        new Staging(
            TestMarts.of(settings),
            postgres,
            random.nextInt(3_000),
            random.nextBoolean() ? 3 : 100_000);
    return new GoldMerge(
        postgres,
        Fixtures.TABLE,
        staging,
        retention,
        c -> commit(c, random),
        Duration.ofSeconds(20));
  }

  private static void commit(Connection connection, Random random) throws SQLException {
    switch (random.nextInt(6)) {
      case 0 -> throw new Killed();
      case 1 -> {
        connection.commit();
        throw new Killed();
      }
      case 2 -> {
        connection.commit();
        throw new SQLException("cut before the answer", "08006");
      }
      default -> connection.commit();
    }
  }

  private static Set<LocalDate> someDays(List<SilverRow> events, Random random) {
    Set<LocalDate> days = new TreeSet<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      days.add(day(events.get(random.nextInt(events.size()))));
    }
    return days;
  }

  private static LocalDate day(SilverRow event) {
    return LocalDate.ofEpochDay(Math.floorDiv(event.time(), DAY));
  }

  /** Of these days, rows go, change their visitor, and come. */
  private static void metadata(
      List<SilverRow> silver, List<SilverRow> others, Set<LocalDate> days, Random random) {
    List<SilverRow> changed = new ArrayList<>();
    for (SilverRow event : silver) {
      boolean stays = !days.contains(day(event)) || random.nextInt(3) == 0;
      if (stays) {
        changed.add(event);
      } else if (random.nextBoolean()) {
        SilverRow other = silver.get(random.nextInt(silver.size()));
        SilverRow rewritten =
            TestEvent.like(event)
                .type("page_view")
                .visitor(other.visitor())
                .anonymous(null)
                .session(null)
                .page("/rewritten")
                .place("Nowhere", event.city())
                .bot(random.nextBoolean())
                .silver();
        boolean identified =
            other.userId() != null || other.anonymousId() != null || other.sessionId() != null;
        changed.add(
            identified
                ? People.event(rewritten, other.userId(), other.anonymousId(), other.sessionId())
                : rewritten);
      }
    }
    others.stream().filter(e -> days.contains(day(e))).forEach(changed::add);
    Collections.shuffle(changed, random);
    silver.clear();
    silver.addAll(changed);
  }

  private static void assertEqual(List<SilverRow> silver, GoldSettings settings, String described) {
    assertThat(new HashSet<>(silver)).as("distinct").hasSameSizeAs(silver);
    List<SilverRow> people = silver.stream().filter(e -> settings.countBots() || !e.bot()).toList();
    List<SilverRow> counted =
        people.stream()
            .filter(e -> e.kafkaTime() - e.time() <= settings.allowedLatenessMicros())
            .toList();
    People persons = new People(silver);
    Oracle oracle =
        new Oracle(
            settings.stitching().on() ? persons.counted(counted) : counted,
            settings.sessionGapMicros());
    tables.assertEqual(oracle, described);
    assertThat(tables.rows("SELECT site, kind, id, person FROM gold.identities"))
        .as(described)
        .isEqualTo(settings.stitching().on() ? persons.identities() : List.of());
    assertThat(tables.userEvents())
        .as(described)
        .isEqualTo(GoldContents.from(tables.retainedFrom(), oracle.userEvents(), 1));
    assertThat(tables.lateness()).as(described).isEqualTo(Oracle.lateness(silver));
    long newest = silver.stream().mapToLong(SilverRow::time).max().orElseThrow();
    assertThat(
            tables.rows(
                "SELECT silver_rows, bots, late_dropped,"
                    + " (extract(epoch FROM newest_event) * 1000000)::bigint FROM gold.ledger"))
        .as(described)
        .containsExactly(
            "%d|%d|%d|%d"
                .formatted(
                    silver.size(),
                    silver.size() - people.size(),
                    people.size() - counted.size(),
                    newest));
  }

  @Test
  void aSessionOverMidnightFallsApartWhereItsBridgeIsGone() {
    SilverRow evening = Fixtures.view("a", "v", MIDNIGHT - 20 * MINUTE, "/a");
    SilverRow bridge = Fixtures.view("b", "v", MIDNIGHT + 5 * MINUTE, "/b");
    SilverRow night = Fixtures.view("c", "v", MIDNIGHT + 30 * MINUTE, "/c");
    SilverRow dayBefore = Fixtures.view("d", "v", MIDNIGHT - DAY - MINUTE, "/d");
    SilverRow other = Fixtures.view("e", "w", MIDNIGHT - MINUTE, "/a");
    List<SilverRow> before = List.of(evening, bridge, night, dayBefore, other);
    tables.empty();
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      gold.merge(
          Fixtures.inline(postgres, before),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
      assertThat(tables.rows("SELECT events FROM gold.sessions WHERE visitor = 'v'"))
          .containsExactly("1", "3");
      List<SilverRow> after = List.of(evening, night, dayBefore, other);
      gold.replace(
          new PlainSilver(after),
          List.of(LocalDate.ofEpochDay(MIDNIGHT / DAY)),
          List.of(),
          new SilverRange(0, 1),
          LayerStatusSnapshot.UNKNOWN);
      tables.assertEqual(new Oracle(after, RandomEvents.GAP), "broken up");
      assertThat(tables.rows("SELECT events FROM gold.sessions WHERE visitor = 'v'"))
          .containsExactly("1", "1", "1");
      gold.replace(
          new PlainSilver(before),
          List.of(LocalDate.ofEpochDay(MIDNIGHT / DAY)),
          List.of(),
          new SilverRange(1, 2),
          LayerStatusSnapshot.UNKNOWN);
      tables.assertEqual(new Oracle(before, RandomEvents.GAP), "bridged again");
    }
  }
}
