package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.gold.merge.Retention;
import io.medallion.gold.postgres.Migrations;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.schema.TableDefinition;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What analysts ask, each against the same number counted from the events in the plainest way. */
class AnalysisViewsIT {
  private static final long SEED = 91;
  private static final long DAY = 86_400_000_000L;

  /** Whose days are not those of UTC. */
  private static final String SITE = "Asia/Kolkata";

  private static final Origin SEARCH =
      new Origin("mobile", "search", "google.com", null, null, null, "Organic Search");

  private static Postgres postgres;
  private static List<List<SilverRow>> sessions;
  private static List<SilverRow> events;

  @BeforeAll
  static void merge() throws SQLException {
    List<SilverRow> all = new ArrayList<>(new RandomEvents(SEED).take(900));
    // Touches exactly 30 days before a purchase, and a microsecond more.
    long bought = all.get(0).time() + 40 * DAY;
    for (String visitor : List.of("exactly", "beyond")) {
      long touched = bought - 30 * DAY - (visitor.equals("beyond") ? 1 : 0);
      all.add(event(visitor + " touched", visitor, touched, "click", SEARCH));
      all.add(event(visitor + " bought", visitor, bought, "purchase", Origin.UNKNOWN));
    }
    // More pages in a session than are kept.
    for (int i = 0; i < 25; i++) {
      all.add(Fixtures.view("long " + i, "reader", bought + i * 1_000_000L, "/long/" + i % 7));
    }
    // Who comes back over months.
    for (int month = 0; month < 4; month++) {
      all.add(Fixtures.view("loyal " + month, "loyal", bought + month * 29L * DAY, "/"));
    }
    Collections.shuffle(all, new Random(SEED));
    all.replaceAll(e -> TestEvent.like(e).site(SITE).silver());
    events = all.stream().filter(e -> !e.bot()).toList();
    sessions = new Oracle(events, RandomEvents.GAP).sessionEvents();
    postgres = TestPostgres.database();
    fill(all);
  }

  private static void fill(List<SilverRow> all) throws SQLException {
    DeclaredMarts declared =
        DeclaredMarts.load(
            TestSpark.session(),
            TableDefinition.SILVER.schema(),
            List.of("session_paths", "session_funnels"),
            List.of(),
            TestMarts.stitched(RandomEvents.GAP));
    assertThat(declared.refused()).isEmpty();
    TestPostgres.migrate(postgres);
    try (Connection owner = postgres.connect()) {
      Migrations.run(owner, "postgres", "medallion_reader", MartTables.of(declared));
    }
    Staging staging =
        new Staging(
            Marts.of(Fixtures.SETTINGS, DeclaredMarts.relations(declared.definitions(), "gold")),
            postgres);
    try (GoldMerge gold =
        new GoldMerge(
            postgres,
            Fixtures.TABLE,
            staging,
            Retention.UNLIMITED,
            Connection::commit,
            Duration.ofSeconds(10))) {
      int version = -1;
      for (int from = 0; from < all.size(); from += 300) {
        List<SilverRow> some = all.subList(from, Math.min(from + 300, all.size()));
        UUID stage = UUID.randomUUID();
        gold.merge(
            List.of(
                new Staging.Result(
                    stage,
                    List.of(
                        staging
                            .task(stage, 1 << 20, EventFilter.ALL, false)
                            .stage(TestMarts.rows(some, staging.columns()), 7)))),
            new SilverRange(version, ++version),
            Fixtures.UNREAD,
            LayerStatusSnapshot.UNKNOWN);
      }
    }
  }

  private static SilverRow event(String id, String visitor, long time, String type, Origin origin) {
    return TestEvent.event(id, time)
        .type(type)
        .visitor(visitor)
        .price(BigDecimal.TEN, 1, "EUR")
        .origin(origin)
        .silver();
  }

  @Test
  void retentionByDayWeekAndMonth() {
    retained("day", day -> day, ChronoUnit.DAYS);
    retained(
        "week",
        day -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)),
        ChronoUnit.WEEKS);
    retained("month", day -> day.withDayOfMonth(1), ChronoUnit.MONTHS);
  }

  private static void retained(
      String unit, Function<LocalDate, LocalDate> period, ChronoUnit distance) {
    Map<String, Set<LocalDate>> came = new HashMap<>();
    events.forEach(
        e ->
            came.computeIfAbsent(e.visitor(), v -> new TreeSet<>())
                .add(period.apply(LocalDate.ofEpochDay(e.localDay()))));
    Map<LocalDate, TreeMap<Long, Long>> cohorts = new TreeMap<>();
    for (Set<LocalDate> periods : came.values()) {
      LocalDate first = periods.iterator().next();
      periods.forEach(
          p ->
              cohorts
                  .computeIfAbsent(first, c -> new TreeMap<>())
                  .merge(distance.between(first, p), 1L, Long::sum));
    }
    List<String> expected = new ArrayList<>();
    cohorts.forEach(
        (cohort, users) ->
            users.forEach(
                (later, n) ->
                    expected.add(
                        "%s|%d|%d|%d|%s"
                            .formatted(cohort, later, users.get(0L), n, share(n, users.get(0L))))));
    assertThat(expected).hasSizeGreaterThan(cohorts.size());
    equal("retention_by_" + unit, expected);
  }

  @Test
  void pagesThatSessionsBeginAndEndWith() {
    equal(
        "entry_pages_by_day",
        grouped(
            s -> pages(s).stream().findFirst().map(p -> day(s) + "|" + p).orElse(null),
            List.of(s -> s.size() == 1, AnalysisViewsIT::converted),
            false));
    equal(
        "exit_pages_by_day",
        grouped(
            s -> pages(s).isEmpty() ? null : day(s) + "|" + pages(s).get(pages(s).size() - 1),
            List.of(AnalysisViewsIT::converted),
            false));
  }

  @Test
  void channelsCampaignsAndDevices() {
    List<Predicate<List<SilverRow>>> counts =
        List.of(s -> s.size() == 1, AnalysisViewsIT::converted);
    equal("channels_by_day", grouped(s -> day(s) + "|" + channel(s), counts, true));
    equal(
        "campaigns_by_day",
        grouped(
            s -> {
              Origin o = s.get(0).origin();
              boolean none =
                  o.utmSource() == null && o.utmMedium() == null && o.utmCampaign() == null;
              return none
                  ? null
                  : "%s|%s|%s|%s".formatted(day(s), o.utmSource(), o.utmMedium(), o.utmCampaign());
            },
            counts,
            true));
    Predicate<List<SilverRow>> viewed = s -> has(s, "page_view");
    Predicate<List<SilverRow>> carted = viewed.and(s -> has(s, "add_to_cart"));
    equal(
        "funnel_by_device_by_day",
        grouped(
            s -> day(s) + "|" + s.get(0).origin().deviceClass(),
            List.of(viewed, carted, carted.and(AnalysisViewsIT::converted)),
            false));
  }

  @Test
  void whichVisitsPurchasesAreOwedTo() {
    Map<String, BigDecimal[]> credit = new TreeMap<>();
    for (List<SilverRow> bought : sessions) {
      List<SilverRow> purchases = bought.stream().filter(e -> e.type().equals("purchase")).toList();
      if (!purchases.isEmpty()) {
        List<List<SilverRow>> touches = touches(bought);
        List<List<SilverRow>> known =
            touches.stream().filter(t -> !channel(t).equals("Direct")).toList();
        give(credit, "first", bought, touches.subList(0, 1));
        give(credit, "last", bought, List.of(bought));
        give(
            credit,
            "last_non_direct",
            bought,
            List.of(known.isEmpty() ? bought : known.get(known.size() - 1)));
        give(credit, "linear", bought, touches);
      }
    }
    equal(
        "attribution_by_day",
        credit.entrySet().stream()
            .map(
                c ->
                    c.getKey()
                        + "|"
                        + c.getValue()[0].setScale(6, RoundingMode.HALF_UP)
                        + "|"
                        + c.getValue()[1].setScale(6, RoundingMode.HALF_UP))
            .toList());
    assertThat(
            rows(
                "SELECT model, sum(orders)::int FROM gold.attribution_by_day GROUP BY model ORDER BY"
                    + " model"))
        .hasSize(4)
        .extracting(row -> row.substring(row.indexOf('|') + 1))
        .containsOnly("" + events.stream().filter(e -> e.type().equals("purchase")).count());
  }

  private static List<List<SilverRow>> touches(List<SilverRow> bought) {
    SilverRow first = bought.get(0);
    return sessions.stream()
        .filter(s -> s.get(0).visitor().equals(first.visitor()))
        .filter(s -> s.get(0).time() <= first.time())
        .filter(s -> s.get(0).time() >= first.time() - 30 * DAY)
        .sorted((a, b) -> Long.compare(a.get(0).time(), b.get(0).time()))
        .toList();
  }

  private static void give(
      Map<String, BigDecimal[]> credit,
      String model,
      List<SilverRow> bought,
      List<List<SilverRow>> to) {
    List<SilverRow> purchases = bought.stream().filter(e -> e.type().equals("purchase")).toList();
    BigDecimal revenue =
        purchases.stream()
            .filter(e -> e.price() != null)
            .map(
                e ->
                    e.price().multiply(BigDecimal.valueOf(e.quantity() == null ? 1 : e.quantity())))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    for (List<SilverRow> touch : to) {
      Origin o = touch.get(0).origin();
      String source =
          o.utmSource() != null
              ? o.utmSource()
              : o.referrerDomain() == null ? "null" : o.referrerDomain();
      String key =
          String.join(
              "|",
              model,
              day(bought),
              channel(touch),
              source,
              String.valueOf(o.utmMedium()),
              o.utmCampaign(),
              currency(purchases));
      BigDecimal[] sums =
          credit.computeIfAbsent(key, k -> new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO});
      BigDecimal touches = BigDecimal.valueOf(to.size());
      sums[0] =
          sums[0].add(
              BigDecimal.valueOf(purchases.size()).divide(touches, 20, RoundingMode.HALF_UP));
      sums[1] = sums[1].add(revenue.divide(touches, 20, RoundingMode.HALF_UP));
    }
  }

  @Test
  void pagesOneAfterTheOther() {
    equal(
        "page_transitions_by_day",
        sessions.stream()
            .flatMap(
                s -> {
                  List<String> pages = views(s);
                  List<String> steps = new ArrayList<>();
                  for (int i = 0; i < Math.min(pages.size(), 20); i++) {
                    boolean isLast = i == pages.size() - 1;
                    // Nobody knows what comes after the last one that is kept.
                    if (i < 19) {
                      steps.add(
                          day(s) + "|" + pages.get(i) + "|" + (isLast ? "null" : pages.get(i + 1)));
                    }
                  }
                  return steps.stream();
                })
            .collect(Collectors.groupingBy(step -> step, TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .map(step -> step.getKey() + "|" + step.getValue())
            .toList());
  }

  @Test
  void stepsOfAFunnelInTheirOrder() {
    List<String> expected = new ArrayList<>();
    sessions.stream()
        .collect(Collectors.groupingBy(s -> day(s) + "|" + s.get(0).origin().deviceClass()))
        .forEach(
            (key, of) -> {
              for (int step = 1; step <= 3; step++) {
                int least = step;
                expected.add(
                    key + "|" + step + "|" + of.stream().filter(s -> depth(s) >= least).count());
              }
            });
    equal("funnel_steps_by_day", expected);
  }

  private static int depth(List<SilverRow> session) {
    List<String> steps = List.of("page_view", "add_to_cart", "purchase");
    int depth = 0;
    for (SilverRow event : session) {
      if (depth < steps.size() && event.type().equals(steps.get(depth))) {
        depth++;
      }
    }
    return depth;
  }

  /** Sessions by a key, each with how many there are and how many are of some kinds. */
  private static List<String> grouped(
      Function<List<SilverRow>, String> key,
      List<Predicate<List<SilverRow>>> counts,
      boolean withRateOfLast) {
    Map<String, List<List<SilverRow>>> groups = new TreeMap<>();
    for (List<SilverRow> session : sessions) {
      String of = key.apply(session);
      if (of != null) {
        groups.computeIfAbsent(of, k -> new ArrayList<>()).add(session);
      }
    }
    return groups.entrySet().stream()
        .map(
            group -> {
              StringBuilder row =
                  new StringBuilder(group.getKey()).append('|').append(group.getValue().size());
              long last = 0;
              for (Predicate<List<SilverRow>> count : counts) {
                last = group.getValue().stream().filter(count).count();
                row.append('|').append(last);
              }
              return withRateOfLast
                  ? row.append('|').append(share(last, group.getValue().size())).toString()
                  : row.toString();
            })
        .toList();
  }

  private static List<String> pages(List<SilverRow> session) {
    return views(session).stream().toList();
  }

  private static List<String> views(List<SilverRow> session) {
    return session.stream()
        .filter(e -> e.type().equals("page_view") && e.page() != null)
        .map(SilverRow::page)
        .toList();
  }

  private static boolean has(List<SilverRow> session, String type) {
    return session.stream().anyMatch(e -> e.type().equals(type));
  }

  private static boolean converted(List<SilverRow> session) {
    return has(session, "purchase");
  }

  private static String channel(List<SilverRow> session) {
    return Objects.requireNonNullElse(session.get(0).origin().channel(), "Direct");
  }

  private static String currency(List<SilverRow> purchases) {
    List<String> all =
        purchases.stream()
            .map(e -> Objects.requireNonNullElse(e.currency(), "(none)"))
            .distinct()
            .toList();
    return all.size() > 1 ? "(mixed)" : all.get(0);
  }

  private static String day(List<SilverRow> session) {
    return LocalDate.ofEpochDay(session.get(0).localDay()).toString();
  }

  private static BigDecimal share(long part, long all) {
    return BigDecimal.valueOf(part).divide(BigDecimal.valueOf(all), 6, RoundingMode.HALF_UP);
  }

  private static void equal(String view, List<String> expected) {
    assertThat(expected).isNotEmpty();
    assertThat(rows("SELECT * FROM gold." + view).stream().map(AnalysisViewsIT::withoutSite))
        .as("gold.%s, seed %d", view, SEED)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** It is the first column. */
  private static String withoutSite(String row) {
    assertThat(row).startsWith(SITE + "|");
    return row.substring(SITE.length() + 1);
  }

  private static List<String> rows(String sql) {
    return TestPostgres.rows(postgres, sql);
  }
}
