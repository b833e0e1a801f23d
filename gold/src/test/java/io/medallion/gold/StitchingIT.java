package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Identities;
import io.medallion.gold.mart.Stitching;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who is who, in pairs at each edge of the rule. The oracle, which knows it too, agrees each time.
 */
class StitchingIT {
  private static final long MINUTE = 60_000_000L;
  private static final long DAY = 1_440 * MINUTE;
  private static final long NOON = 19_782 * DAY + DAY / 2;
  private static final String SESSIONS =
      "SELECT visitor, events, (extract(epoch FROM duration) / 60)::int FROM gold.sessions";

  private static Postgres postgres;
  private static GoldContents tables;

  private final List<SilverRow> silver = new ArrayList<>();
  private GoldMerge gold;
  private long version = -1;

  @BeforeAll
  static void database() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
  }

  @BeforeEach
  void open() {
    tables.empty();
    gold = open(People.STITCHING);
  }

  @AfterEach
  void close() {
    gold.close();
  }

  private static GoldMerge open(Stitching stitching) {
    return new GoldMerge(
        postgres,
        Fixtures.TABLE,
        staging(stitching),
        Retention.UNLIMITED,
        Connection::commit,
        Duration.ofSeconds(20));
  }

  private static SilverRow event(String user, String anonymous, String session, long minute) {
    long time = NOON + minute * MINUTE;
    String id = "e%d %s %s %s".formatted(minute, user, anonymous, session);
    return People.event(Fixtures.view(id, "", time, "/" + minute), user, anonymous, session);
  }

  private static SilverRow visit(String user, String anonymous, long minute) {
    return event(user, anonymous, null, minute);
  }

  /** Merges events; what it needs of silver it may read. */
  private void merge(SilverRow... events) {
    silver.addAll(List.of(events));
    merge(new PlainSilver(List.copyOf(silver)), events);
    tables.assertEqual(new Oracle(new People(silver).counted(silver), RandomEvents.GAP), "merged");
    assertThat(tables.rows("SELECT site, kind, id, person FROM gold.identities"))
        .isEqualTo(new People(silver).identities());
  }

  private void merge(SilverHistory history, SilverRow... events) {
    long reached =
        gold.merge(
            List.of(staged(List.of(events))),
            new SilverRange(version, version + 1),
            history,
            LayerStatusSnapshot.UNKNOWN);
    assertThat(reached).isEqualTo(version + 1);
    version = reached;
  }

  private static Staging.Result staged(List<SilverRow> events) {
    UUID stage = UUID.randomUUID();
    Staging staging = staging(People.STITCHING);
    try {
      return new Staging.Result(
          stage,
          List.of(
              staging
                  .task(stage, staging.inlineBytes(), EventFilter.ALL, false)
                  .stage(TestMarts.rows(events, staging.columns()), 1)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Staging staging(Stitching stitching) {
    return new Staging(
        TestMarts.of(
            new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, false, stitching)),
        postgres);
  }

  /** A backfill that leaves only these events. */
  private void leave(SilverRow... events) {
    Set<LocalDate> days = new TreeSet<>();
    silver.forEach(event -> days.add(LocalDate.ofEpochDay(event.time() / DAY)));
    silver.clear();
    silver.addAll(List.of(events));
    version =
        gold.replace(
            new PlainSilver(List.copyOf(silver)),
            days,
            List.of(),
            new SilverRange(version, version + 1),
            LayerStatusSnapshot.UNKNOWN);
    tables.assertEqual(new Oracle(new People(silver).counted(silver), RandomEvents.GAP), "left");
    assertThat(tables.rows("SELECT site, kind, id, person FROM gold.identities"))
        .isEqualTo(new People(silver).identities());
  }

  @Test
  void whoeverLogsInMidVisitIsOneVisitorWithOneSession() {
    merge(visit(null, "a", 0), visit(null, "a", 10));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|2|10");
    merge(visit("u", "a", 20));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|20");
    merge(visit(null, "a", 30));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|4|30");
    assertThat(tables.rows("SELECT users FROM gold.active_users ORDER BY users DESC LIMIT 1"))
        .containsExactly("1");
    assertThat(tables.rows("SELECT visitor FROM gold.daily_users")).containsExactly("u");
  }

  /** The same ids on two sites are two devices, and what one site saw is no news on the other. */
  @Test
  void linksHoldWithinASite() {
    String berlin = "Europe/Berlin";
    merge(visit(null, "a", 0), on(berlin, visit(null, "a", 1)));
    merge(visit("u", "a", 2));
    assertThat(tables.rows("SELECT site, visitor, events FROM gold.sessions"))
        .containsExactly("Europe/Berlin|a|1", "UTC|u|2");
    // Two users of the device, but each on a site of its own.
    merge(on(berlin, visit("w", "a", 3)));
    assertThat(tables.rows("SELECT site, visitor, events FROM gold.sessions"))
        .containsExactly("Europe/Berlin|w|2", "UTC|u|2");
    // A second user on one of them takes only that one apart.
    merge(visit("w", "a", 4));
    assertThat(tables.rows("SELECT site, visitor, events FROM gold.sessions"))
        .containsExactly("Europe/Berlin|w|2", "UTC|a|1", "UTC|u|1", "UTC|w|1");
    assertThat(tables.rows("SELECT site, sum(users) FROM gold.new_users GROUP BY site"))
        .containsExactly("Europe/Berlin|1", "UTC|3");
    // One user of two sites is two visitors.
    leave(visit("u", null, 0), on(berlin, visit("u", null, 1)));
    assertThat(tables.rows("SELECT site, visitor, events FROM gold.sessions"))
        .containsExactly("Europe/Berlin|u|1", "UTC|u|1");
  }

  private static SilverRow on(String site, SilverRow event) {
    return TestEvent.like(event).site(site).silver();
  }

  @Test
  void loginAtTheVeryFirstEvent() {
    merge(visit("u", "a", 0));
    merge(visit(null, "a", 10), visit(null, "a", 20));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|20");
  }

  @Test
  void loginAtTheVeryLastEvent() {
    merge(visit(null, "a", 0), visit(null, "a", 29));
    merge(visit("u", "a", 59));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|59");
  }

  /** Exactly the gap still joins, as it does for one id. */
  @Test
  void theGapBetweenTwoIdsIsThatOfOne() {
    merge(visit("u", "a", 0), visit(null, "b", 30), visit("v", "c", 100), visit(null, "d", 131));
    merge(visit("u", "b", 500), visit("v", "d", 500));
    assertThat(tables.rows(SESSIONS + " WHERE session_start < timestamptz '2024-02-29 18:00+00'"))
        .containsExactly("u|2|30", "v|1|0", "v|1|0");
  }

  @Test
  void aLinkAYearLateMovesWhatIsAYearOld() {
    merge(visit(null, "a", 0), visit(null, "a", 10));
    merge(visit("u", "a", 366 * 1_440));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|1|0", "u|2|10");
  }

  /** What a login takes is gold's alone: silver is not read. */
  @Test
  void aLoginReadsNothingOfSilver() {
    merge(Fixtures.UNREAD, visit(null, "a", 0));
    merge(Fixtures.UNREAD, visit("u", "a", 10));
    merge(Fixtures.UNREAD, visit("u", "b", 20), visit(null, "b", 21));
    merge(Fixtures.UNREAD, event(null, null, "s", 25));
    merge(Fixtures.UNREAD, event(null, "b", "s", 26));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|6|26");
  }

  @Test
  void aSecondUserTakesThemApartAndTheEndOfItsEventJoinsThemAgain() {
    SilverRow before = visit(null, "a", 0);
    SilverRow login = visit("u", "a", 10);
    SilverRow after = visit(null, "a", 20);
    SilverRow second = visit("v", "a", 21);
    merge(before, login, after);
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|20");
    merge(second);
    assertThat(tables.rows(SESSIONS)).containsExactly("a|2|20", "u|1|0", "v|1|0");
    leave(before, login, after);
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|20");
    leave(before, after);
    assertThat(tables.rows(SESSIONS)).containsExactly("a|2|20");
    assertThat(tables.rows("SELECT * FROM gold.identities")).isEmpty();
  }

  @Test
  void twoDevicesOfOneUserAreOne() {
    merge(visit(null, "phone", 0), visit(null, "laptop", 5));
    assertThat(tables.rows(SESSIONS)).containsExactly("laptop|1|0", "phone|1|0");
    merge(visit("u", "phone", 10));
    assertThat(tables.rows(SESSIONS)).containsExactly("laptop|1|0", "u|2|10");
    merge(visit("u", "laptop", 15));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|4|15");
  }

  @Test
  void oneDeviceOfTwoUsersInTurnIsNobodys() {
    merge(visit(null, "a", 0), visit("u", "a", 1), visit(null, "a", 2));
    merge(visit("v", "a", 3), visit(null, "a", 4));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|3|4", "u|1|0", "v|1|0");
    merge(visit("u", "a", 5), visit(null, "a", 6));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|4|6", "u|2|4", "v|1|0");
  }

  /** Two user ids are two people: nothing leads from one to the other. */
  @Test
  void thereAreNoChainsBetweenUsers() {
    merge(
        visit("u", "a", 0), visit("v", "b", 1), event("u", null, "s", 2), event("v", null, "s", 3));
    merge(visit(null, "a", 4), visit(null, "b", 5), event(null, null, "s", 6));
    assertThat(tables.rows(SESSIONS)).containsExactly("s|1|0", "u|3|4", "v|3|4");
  }

  @Test
  void aSessionIdIsWhoseTheBetterIdsAreThatItWasSeenWith() {
    merge(event(null, null, "s", 0));
    assertThat(tables.rows(SESSIONS)).containsExactly("s|1|0");
    merge(event(null, "a", "s", 1));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|2|1");
    merge(visit("u", "a", 2));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|3|2");
    // A user id is better than what the anonymous id says.
    merge(event("v", null, "s", 3));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|2|1", "v|2|3");
    merge(event("w", null, "s", 4));
    assertThat(tables.rows(SESSIONS)).containsExactly("s|1|0", "u|2|1", "v|1|0", "w|1|0");
  }

  @Test
  void aSessionIdOfTwoAnonymousIdsIsItsOwn() {
    merge(event(null, "a", "s", 0), event(null, null, "s", 1));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|2|1");
    merge(event(null, "b", "s", 2));
    assertThat(tables.rows(SESSIONS)).containsExactly("a|1|0", "b|1|0", "s|1|0");
  }

  @Test
  void placeholdersLinkNothingAndAreNoUser() {
    merge(
        visit("null", "a", 0),
        visit(" NULL ", "a", 1),
        visit("u", "0", 2),
        visit("v", "undefined", 3),
        event("0", "Undefined", "s", 4),
        event("null", null, null, 5));
    assertThat(tables.rows(SESSIONS))
        .containsExactly("a|2|1", "null|1|0", "s|1|0", "u|1|0", "v|1|0");
    assertThat(tables.rows("SELECT * FROM gold.identities")).isEmpty();
  }

  /** The same text as a user's, a device's and a session's id is three visitors' of one name. */
  @Test
  void anIdOfAnotherKindKeepsItsRowsWhenOneOfTheSameTextGoes() {
    merge(visit("x", "b", 0), visit(null, "x", 1), event(null, null, "x", 2));
    assertThat(tables.rows(SESSIONS)).containsExactly("x|3|2");
    merge(visit("u", "x", 3));
    assertThat(tables.rows(SESSIONS)).containsExactly("u|2|2", "x|2|2");
  }

  @Test
  void anAddressOfAnyLengthIsAnId() {
    String device = "d".repeat(1_024);
    String longer = "e".repeat(3_000);
    String user = "u".repeat(1_500);
    merge(visit(null, device, 0), visit(null, longer, 1));
    merge(visit(user, device, 2), visit(user, longer, 3));
    assertThat(tables.rows("SELECT events FROM gold.sessions")).containsExactly("4");
  }

  @Test
  void linksComeInEveryOrder() {
    List<SilverRow> events =
        List.of(
            event(null, "a", "s", 0),
            visit("u", "a", 10),
            event(null, null, "s", 20),
            visit("v", "a", 25));
    for (int at = 0; at < 24; at++) {
      List<SilverRow> left = new ArrayList<>(events);
      List<SilverRow> order = new ArrayList<>();
      for (int n = events.size(), place = at; n > 0; place /= n, n--) {
        order.add(left.remove(place % n));
      }
      for (int batch : at == 0 ? new int[] {1, 2, 4} : new int[] {1}) {
        close();
        open();
        version = -1;
        silver.clear();
        for (int from = 0; from < order.size(); from += batch) {
          merge(order.subList(from, from + batch).toArray(SilverRow[]::new));
        }
        assertThat(tables.rows(SESSIONS)).containsExactly("a|2|20", "u|1|0", "v|1|0");
      }
    }
  }

  @Test
  void theEvidenceOfALinkIsItsFirstEvent() {
    merge(visit("u", "a", 10), visit("v", "b", 3));
    merge(visit("u", "a", 5), visit("u", "a", 15), visit("w", "b", 4));
    assertThat(
            tables.rows(
                "SELECT id, person, seen_with, event_id, second, second_event_id FROM gold.identities"))
        .containsExactly("a|u|u|e5 u a null|null|null", "b|null|v|e3 v b null|w|e4 w b null");
  }

  @Test
  void switchedOffEveryEventIsItsFirstIds() {
    gold.close();
    gold = open(Stitching.OFF);
    List<SilverRow> all = List.of(visit(null, "a", 0), visit("u", "a", 10));
    version =
        gold.merge(
            List.of(gold.stage(TestSpark.silver(TestSpark.session(), all))),
            new SilverRange(-1, 0),
            Fixtures.UNREAD,
            LayerStatusSnapshot.UNKNOWN);
    assertThat(tables.rows(SESSIONS)).containsExactly("a|1|0", "u|1|0");
    assertThat(tables.rows("SELECT * FROM gold.identities")).isEmpty();

    // Switched on, what depends on it is made again.
    gold.close();
    gold = open(People.STITCHING);
    assertThat(gold.outdated())
        .containsExactly(
            "active_users", "daily_users", Identities.NAME, "sessions", "visitor_countries");
    gold.fill(gold.outdated(), new PlainSilver(all), version);
    tables.assertEqual(new Oracle(new People(all).counted(all), RandomEvents.GAP), "switched on");
    assertThat(tables.rows(SESSIONS)).containsExactly("u|2|10");
  }

  @Test
  void aFillKnowsWhoIsWhoFromTheStart() {
    List<SilverRow> all =
        List.of(
            visit(null, "a", 0),
            visit("u", "a", 10),
            visit(null, "b", 11),
            visit("u", "b", 12),
            visit("v", "b", 13));
    gold.fill(new PlainSilver(all), 7, of -> LayerStatusSnapshot.UNKNOWN, () -> false);
    tables.assertEqual(new Oracle(new People(all).counted(all), RandomEvents.GAP), "rebuilt");
    assertThat(tables.rows(SESSIONS)).containsExactly("b|1|0", "u|3|12", "v|1|0");
  }
}
