package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.mart.Rollup;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each view against the same number computed from the events. */
class ViewsIT {
  private static final String SITE = "Asia/Kolkata";
  private static final long MINUTE = 60_000_000L;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private static Postgres postgres;
  private static GoldContents tables;
  private static List<SilverRow> silver;
  private static List<SilverRow> counted;
  private static List<List<SilverRow>> sessions;

  @BeforeAll
  static void merge() {
    postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    tables = new GoldContents(postgres);
    List<SilverRow> events = new ArrayList<>(new RandomEvents(77).take(600));
    // Some who buy a lot, for the bursts.
    for (int i = 0; i < 9; i++) {
      long time = events.get(0).time() + i * MINUTE;
      events.add(Fixtures.purchase("burst " + i, "buyer " + i % 2, time, BigDecimal.TEN));
    }
    // Two countries exactly an hour apart, and a microsecond more.
    long noon = Math.floorDiv(events.get(0).time(), DAY) * DAY + DAY / 2;
    events.add(Fixtures.located("there", "commuter", noon + MINUTE, "Germany"));
    events.add(Fixtures.located("here", "commuter", noon + MINUTE + HOUR, "Japan"));
    events.add(Fixtures.located("far", "traveller", noon + MINUTE, "Germany"));
    events.add(Fixtures.located("near", "traveller", noon + MINUTE + HOUR + 1, "Japan"));
    // More pages than the view of now has, and one event by a clock that is fast.
    long newest = events.stream().mapToLong(SilverRow::kafkaTime).max().orElseThrow();
    for (int i = 0; i < 90; i++) {
      long time = newest - i * 7_000_000L;
      events.add(Fixtures.view("now " + i, "reader " + i % 11, time, "/now/" + i % 25));
    }
    events.add(Fixtures.view("ahead", "fast clock", newest + 50 * MINUTE, "/ahead", newest));
    Collections.shuffle(events, new Random(77));
    // Of a site whose days are not those of UTC; AllSitesIT has several.
    silver = events.stream().map(e -> TestEvent.like(e).site(SITE).silver()).toList();
    counted = silver.stream().filter(e -> !e.bot()).toList();
    sessions = new Oracle(counted, RandomEvents.GAP).sessionEvents();
    try (GoldMerge gold = Fixtures.gold(postgres)) {
      int half = silver.size() / 2;
      gold.merge(
          Fixtures.inline(postgres, silver.subList(0, half)),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
      gold.merge(
          Fixtures.inline(postgres, silver.subList(half, silver.size())),
          new SilverRange(0, 1),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
  }

  /** What each rollup is, in other words than those of its file. */
  private static final Map<String, String> ROLLUPS =
      Map.of(
          "session_hours",
          """
          SELECT site, local_date, date_trunc('hour', session_start, 'UTC'), count(*),
            sum((purchases > 0)::int), sum((events = 1)::int), sum((page_views > 0)::int),
            sum((page_views > 0 AND cart_adds > 0)::int),
            sum((page_views > 0 AND cart_adds > 0 AND purchases > 0)::int), sum(duration)
          FROM gold.sessions GROUP BY 1, 2, 3""",
          "new_users",
          """
          SELECT site, day, count(*) FROM gold.daily_users AS fresh
          WHERE NOT EXISTS (SELECT FROM gold.daily_users AS earlier WHERE earlier.day < fresh.day
            AND (earlier.site, earlier.visitor) = (fresh.site, fresh.visitor))
          GROUP BY 1, 2""",
          "period_users",
          """
          SELECT site, 'week', day - (extract(isodow FROM day)::int - 1), count(DISTINCT visitor)
          FROM gold.daily_users GROUP BY 1, 3
          UNION ALL
          SELECT site, 'month', make_date(extract(year FROM day)::int, extract(month FROM day)::int, 1),
            count(DISTINCT visitor)
          FROM gold.daily_users GROUP BY 1, 3""",
          "country_changes",
          """
          SELECT site, visitor, hour, sum((SELECT count(*) FROM gold.visitor_countries AS b
            WHERE (b.site, b.visitor) = (a.site, a.visitor) AND b.country <> a.country
              AND (b.hour = a.hour OR b.hour - interval '1 hour' = a.hour))) AS changes
          FROM gold.visitor_countries AS a
          GROUP BY 1, 2, 3
          HAVING sum((SELECT count(*) FROM gold.visitor_countries AS b
            WHERE (b.site, b.visitor) = (a.site, a.visitor) AND b.country <> a.country
              AND (b.hour = a.hour OR b.hour - interval '1 hour' = a.hour))) > 0""");

  @Test
  void rollupsAreWhatTheirMartsSay() {
    assertThat(ROLLUPS.keySet())
        .containsExactlyInAnyOrderElementsOf(Rollup.ALL.stream().map(Rollup::name).toList());
    ROLLUPS.forEach(
        (rollup, query) ->
            assertThat(tables.rows("SELECT * FROM gold." + rollup))
                .as(rollup)
                .isNotEmpty()
                .isEqualTo(tables.rows(query)));
  }

  private static long count(List<SilverRow> events, String type) {
    return events.stream().filter(e -> e.type().equals(type)).count();
  }

  private static String day(long time) {
    return LocalDate.ofEpochDay(TestSites.localDay(SITE, time)).toString();
  }

  private static long start(List<SilverRow> session) {
    return session.get(0).time();
  }

  private static long duration(List<SilverRow> session) {
    return session.get(session.size() - 1).time() - start(session);
  }

  private static BigDecimal share(long part, long all) {
    return BigDecimal.valueOf(part).divide(BigDecimal.valueOf(all), 6, RoundingMode.HALF_UP);
  }

  private static Map<String, List<List<SilverRow>>> sessionsByDay() {
    return sessions.stream()
        .collect(Collectors.groupingBy(s -> day(start(s)), TreeMap::new, Collectors.toList()));
  }

  private static List<String> perDay(Function<List<List<SilverRow>>, String> row) {
    return sessionsByDay().entrySet().stream()
        .map(d -> d.getKey() + "|" + row.apply(d.getValue()))
        .toList();
  }

  private static long withPurchase(Collection<List<SilverRow>> of) {
    return of.stream().filter(s -> count(s, "purchase") > 0).count();
  }

  @Test
  void conversion() {
    assertThat(
            tables.rows(
                "SELECT day, sessions, converted, conversion_rate FROM gold.conversion_by_day"))
        .isEqualTo(
            perDay(s -> s.size() + "|" + withPurchase(s) + "|" + share(withPurchase(s), s.size())));
    Map<Long, List<List<SilverRow>>> hours =
        sessions.stream()
            .collect(Collectors.groupingBy(s -> Math.floorDiv(start(s), HOUR) * 3_600));
    assertThat(
            tables.rows(
                "SELECT extract(epoch FROM hour)::bigint, sessions, converted, conversion_rate FROM"
                    + " gold.conversion_by_hour"))
        .isEqualTo(
            hours.entrySet().stream()
                .map(
                    h ->
                        "%d|%d|%d|%s"
                            .formatted(
                                h.getKey(),
                                h.getValue().size(),
                                withPurchase(h.getValue()),
                                share(withPurchase(h.getValue()), h.getValue().size())))
                .sorted()
                .toList());
  }

  @Test
  void funnel() {
    assertThat(
            tables.rows("SELECT day, sessions, viewed, carted, purchased FROM gold.funnel_by_day"))
        .isEqualTo(
            perDay(
                all -> {
                  var viewed = all.stream().filter(s -> count(s, "page_view") > 0).toList();
                  var carted = viewed.stream().filter(s -> count(s, "add_to_cart") > 0).toList();
                  return "%d|%d|%d|%d"
                      .formatted(all.size(), viewed.size(), carted.size(), withPurchase(carted));
                }));
  }

  @Test
  void bounces() {
    assertThat(
            tables.rows("SELECT day, sessions, bounced, bounce_rate FROM gold.bounce_rate_by_day"))
        .isEqualTo(
            perDay(
                s -> {
                  long single = s.stream().filter(one -> one.size() == 1).count();
                  return s.size() + "|" + single + "|" + share(single, s.size());
                }));
  }

  @Test
  void durations() {
    List<String> rows =
        tables.rows(
            "SELECT day, sessions, extract(epoch FROM average), extract(epoch FROM median),"
                + " extract(epoch FROM p95) FROM gold.session_durations_by_day");
    Map<String, List<List<SilverRow>>> days = sessionsByDay();
    assertThat(rows).hasSameSizeAs(days.keySet());
    for (String row : rows) {
      String[] columns = row.split("\\|", -1);
      List<Long> sorted = days.get(columns[0]).stream().map(ViewsIT::duration).sorted().toList();
      double average = sorted.stream().mapToLong(Long::longValue).average().orElseThrow();
      assertThat(columns[1]).isEqualTo("" + sorted.size());
      assertThat(Double.parseDouble(columns[2]) * 1e6).isCloseTo(average, within2());
      assertThat(Double.parseDouble(columns[3]) * 1e6)
          .isCloseTo(percentile(sorted, 0.5), within2());
      assertThat(Double.parseDouble(columns[4]) * 1e6)
          .isCloseTo(percentile(sorted, 0.95), within2());
    }
  }

  private static org.assertj.core.data.Offset<Double> within2() {
    return org.assertj.core.data.Offset.offset(2.0);
  }

  private static double percentile(List<Long> sorted, double share) {
    double place = share * (sorted.size() - 1);
    long below = sorted.get((int) place);
    long above = sorted.get((int) Math.ceil(place));
    return below + (above - below) * (place - (int) place);
  }

  @Test
  void orderValues() {
    Map<String, List<SilverRow>> cells =
        counted.stream()
            .filter(e -> e.type().equals("purchase"))
            .collect(Collectors.groupingBy(e -> day(e.time()) + "|" + Oracle.key(e.currency())));
    assertThat(
            tables.rows(
                "SELECT day, currency, orders, revenue, average_order_value FROM gold.order_value_by_day"))
        .isEqualTo(
            cells.entrySet().stream()
                .map(
                    c -> {
                      BigDecimal revenue = Oracle.revenue(c.getValue()).setScale(6);
                      BigDecimal orders = BigDecimal.valueOf(c.getValue().size());
                      return c.getKey()
                          + "|"
                          + orders
                          + "|"
                          + revenue.toPlainString()
                          + "|"
                          + revenue.divide(orders, 6, RoundingMode.HALF_UP).toPlainString();
                    })
                .sorted()
                .toList());
  }

  @Test
  void users() {
    Map<String, Set<String>> days = new TreeMap<>();
    Map<String, Set<String>> weeks = new TreeMap<>();
    Map<String, Set<String>> months = new TreeMap<>();
    for (SilverRow e : counted) {
      LocalDate day = LocalDate.parse(day(e.time()));
      LocalDate monday = day.with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY));
      days.computeIfAbsent("" + day, d -> new TreeSet<>()).add(e.visitor());
      weeks.computeIfAbsent("" + monday, d -> new TreeSet<>()).add(e.visitor());
      months.computeIfAbsent("" + day.withDayOfMonth(1), d -> new TreeSet<>()).add(e.visitor());
    }
    List<String> byDay = new ArrayList<>();
    Set<String> before = new HashSet<>();
    days.forEach(
        (day, visitors) -> {
          long fresh = visitors.stream().filter(before::add).count();
          byDay.add(day + "|" + visitors.size() + "|" + fresh + "|" + (visitors.size() - fresh));
        });
    assertThat(tables.rows("SELECT day, active, new_users, returning_users FROM gold.users_by_day"))
        .isEqualTo(byDay);
    assertThat(tables.rows("SELECT week, active FROM gold.users_by_week")).isEqualTo(sizes(weeks));
    assertThat(tables.rows("SELECT month, active FROM gold.users_by_month"))
        .isEqualTo(sizes(months));
  }

  private static List<String> sizes(Map<String, Set<String>> sets) {
    return sets.entrySet().stream().map(s -> s.getKey() + "|" + s.getValue().size()).toList();
  }

  @Test
  void lateness() {
    String shares =
        "events, share_within_10s, share_within_1m, share_within_2m, share_within_10m,"
            + " share_within_1h, share_within_1d, (extract(epoch FROM greatest) * 1000000)::bigint";
    assertThat(tables.rows("SELECT day, " + shares + " FROM gold.lateness_by_day"))
        .isEqualTo(latenessBy(e -> day(e.time())));
    assertThat(
            tables.rows(
                "SELECT extract(epoch FROM hour)::bigint, "
                    + shares
                    + " FROM gold.lateness_by_hour"))
        .isEqualTo(latenessBy(e -> "" + Math.floorDiv(e.time(), HOUR) * 3_600));
  }

  private static List<String> latenessBy(Function<SilverRow, String> period) {
    long[] bounds = {10_000_000L, MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR, DAY};
    Map<String, List<Long>> periods =
        silver.stream()
            .collect(
                Collectors.groupingBy(
                    period,
                    TreeMap::new,
                    Collectors.mapping(e -> e.kafkaTime() - e.time(), Collectors.toList())));
    List<String> expected = new ArrayList<>();
    periods.forEach(
        (name, all) -> {
          StringBuilder row = new StringBuilder(name + "|" + all.size());
          for (long bound : bounds) {
            row.append('|').append(share(all.stream().filter(l -> l <= bound).count(), all.size()));
          }
          expected.add(row + "|" + Collections.max(all));
        });
    return expected;
  }

  @Test
  void suspiciousVisitors() {
    List<Journey> traces = traces();
    assertThat(traces)
        .extracting(Journey::visitor)
        .contains("commuter")
        .doesNotContain("traveller");
    assertThat(
            tables.rows(
                "SELECT visitor, country_before, country_after,"
                    + " (extract(epoch FROM seen_before) * 1000000)::bigint,"
                    + " (extract(epoch FROM seen_after) * 1000000)::bigint"
                    + " FROM gold.impossible_travel"))
        .isEqualTo(
            traces.stream()
                .map(
                    j ->
                        "%s|%s|%s|%d|%d"
                            .formatted(j.visitor(), j.from(), j.to(), j.left(), j.arrived()))
                .sorted()
                .toList());
    List<List<SilverRow>> bursts =
        sessions.stream().filter(s -> count(s, "purchase") >= 5).toList();
    assertThat(
            tables.rows(
                "SELECT visitor, (extract(epoch FROM session_start) * 1000000)::bigint, purchases"
                    + " FROM gold.purchase_bursts"))
        .isNotEmpty()
        .isEqualTo(
            bursts.stream()
                .map(s -> visitor(s) + "|" + start(s) + "|" + count(s, "purchase"))
                .sorted()
                .toList());

    Map<String, List<Long>> looks = new TreeMap<>();
    traces.forEach(
        j ->
            looks
                .computeIfAbsent(j.visitor() + "|impossible travel", v -> new ArrayList<>())
                .add(j.arrived()));
    bursts.forEach(
        s ->
            looks
                .computeIfAbsent(visitor(s) + "|burst of purchases", v -> new ArrayList<>())
                .add(start(s)));
    assertThat(
            tables.rows(
                "SELECT visitor, reason, times, (extract(epoch FROM last_time) * 1000000)::bigint"
                    + " FROM gold.suspicious_visitors"))
        .isEqualTo(
            looks.entrySet().stream()
                .map(
                    l ->
                        l.getKey()
                            + "|"
                            + l.getValue().size()
                            + "|"
                            + Collections.max(l.getValue()))
                .sorted()
                .toList());
  }

  private static String visitor(List<SilverRow> session) {
    return Oracle.key(session.get(0).visitor());
  }

  /** When a visitor was last seen in a country, and first in another. */
  private record Journey(String visitor, String from, String to, long left, long arrived) {}

  /** Of a visitor's events in one country and one hour with those in another in it or the next. */
  private static List<Journey> traces() {
    record Stay(String visitor, long hour, String country) {}
    Map<Stay, List<Long>> stays =
        counted.stream()
            .filter(e -> e.country() != null)
            .collect(
                Collectors.groupingBy(
                    e ->
                        new Stay(
                            Oracle.key(e.visitor()), Math.floorDiv(e.time(), HOUR), e.country()),
                    Collectors.mapping(SilverRow::time, Collectors.toList())));
    List<Journey> traces = new ArrayList<>();
    stays.forEach(
        (a, before) ->
            stays.forEach(
                (b, after) -> {
                  long left = Collections.max(before);
                  long arrived = Collections.min(after);
                  boolean sameHour =
                      a.hour() == b.hour() && earlier(before, a.country(), after, b.country());
                  boolean nextHour = a.hour() + 1 == b.hour() && arrived - left <= HOUR;
                  if (a.visitor().equals(b.visitor())
                      && !a.country().equals(b.country())
                      && (sameHour || nextHour)) {
                    traces.add(new Journey(a.visitor(), a.country(), b.country(), left, arrived));
                  }
                }));
    return traces;
  }

  /** Which was seen first, by name where both were at once. */
  private static boolean earlier(
      List<Long> before, String country, List<Long> after, String other) {
    int order = Long.compare(Collections.min(before), Collections.min(after));
    return order < 0 || (order == 0 && country.compareTo(other) < 0);
  }

  @Test
  void now() {
    long newest = silver.stream().mapToLong(SilverRow::time).max().orElseThrow();
    long present = silver.stream().mapToLong(SilverRow::kafkaTime).max().orElseThrow();
    assertThat(present).isLessThan(newest);
    List<SilverRow> recent =
        counted.stream()
            .filter(e -> Math.floorDiv(e.time(), MINUTE) * MINUTE > present - 15 * MINUTE)
            .filter(e -> Math.floorDiv(e.time(), MINUTE) * MINUTE <= present)
            .toList();
    assertThat(tables.rows("SELECT page, views FROM gold.top_pages_now"))
        .isEqualTo(
            top(
                recent.stream()
                    .filter(e -> e.type().equals("page_view"))
                    .map(e -> Oracle.key(e.page()))
                    .toList()));
    assertThat(tables.rows("SELECT country, events FROM gold.top_countries_now"))
        .isEqualTo(top(recent.stream().map(e -> Oracle.key(e.country())).toList()));
    long window = Math.floorDiv(present, MINUTE) * MINUTE - 4 * MINUTE;
    long active =
        counted.stream()
            .filter(e -> e.time() >= window && e.time() < window + 5 * MINUTE)
            .map(SilverRow::visitor)
            .distinct()
            .count();
    assertThat(
            tables.rows(
                "SELECT (extract(epoch FROM window_start) * 1000000)::bigint, active_users FROM"
                    + " gold.active_now"))
        .isEqualTo(active == 0 ? List.of() : List.of(window + "|" + active));
  }

  /** As the view's twenty, in order of the text. */
  private static List<String> top(List<String> names) {
    Map<String, Long> counts =
        names.stream().collect(Collectors.groupingBy(n -> n, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(20)
        .map(e -> e.getKey() + "|" + e.getValue())
        .sorted()
        .toList();
  }

  @Test
  void sessionsSayWhetherTheyAreOpen() {
    Instant now = Instant.now();
    Postgres apart = TestPostgres.database();
    TestPostgres.migrate(apart);
    List<SilverRow> events =
        List.of(
            Fixtures.view("now", "v", now.getEpochSecond() * 1_000_000, "/now"),
            Fixtures.view(
                "old", "w", now.minusSeconds(7_200).getEpochSecond() * 1_000_000, "/old"));
    try (GoldMerge gold = Fixtures.gold(apart)) {
      gold.merge(
          Fixtures.inline(apart, events),
          new SilverRange(-1, 0),
          Fixtures.UNREAD,
          LayerStatusSnapshot.UNKNOWN);
    }
    assertThat(TestPostgres.rows(apart, "SELECT user_id, open FROM gold.user_sessions"))
        .containsExactly("v|t", "w|f");
  }

  @Test
  void minutes() {
    assertThat(
            tables.rows(
                "SELECT (extract(epoch FROM window_start) * 1000000)::bigint, site, event_type,"
                    + " country, events FROM gold.event_counts_by_minute"))
        .isEqualTo(new Oracle(counted, RandomEvents.GAP).eventCounts());
    assertThat(
            tables.rows(
                "SELECT (extract(epoch FROM window_start) * 1000000)::bigint, site, local_date,"
                    + " currency, orders, revenue FROM gold.revenue_by_minute"))
        .isEqualTo(new Oracle(counted, RandomEvents.GAP).revenueByMinute());
    assertThat(
            tables.rows(
                "SELECT DISTINCT window_end - window_start FROM (SELECT window_start, window_end"
                    + " FROM gold.page_view_counts UNION SELECT window_start, window_end FROM"
                    + " gold.event_counts_by_minute UNION SELECT window_start, window_end FROM"
                    + " gold.revenue_by_minute) AS minutes"))
        .containsExactly("00:01:00");
  }
}
