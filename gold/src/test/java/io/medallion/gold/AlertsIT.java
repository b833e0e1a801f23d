package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.postgres.Postgres;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alerts over marts: raised over complete windows, withdrawn by late data, each told once. */
class AlertsIT {
  private static final long SECOND = RandomEvents.SECOND;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;

  /** 2024-02-29, at noon. */
  private static final long NOON = 19_782 * DAY + 12 * HOUR;

  private static final String VIEWS_BY_MINUTE =
      """
      SELECT window(event_time, '1 minute').start AS minute, page, count(*) AS views
      FROM silver WHERE event_type = 'page_view' GROUP BY ALL""";

  private static final String MESSAGES =
      "SELECT number || ' ' || alert || ' ' || state || ' ' || key || ' ' || start FROM ("
          + "SELECT lpad(number::text, 6, '0') AS number, alert, body::jsonb ->> 'state' AS state,"
          + " coalesce(body::jsonb #>> '{key,page}', body::jsonb ->> 'key') AS key,"
          + " to_char((body::jsonb ->> 'window_start')::timestamptz AT TIME ZONE 'UTC', 'HH24:MI') AS start"
          + " FROM gold.alert_messages) AS told";

  @TempDir private Path folder;
  private final CommitProxy proxy = new CommitProxy(TestPostgres.port());
  private Postgres postgres;
  private Configuration configuration;
  private DeclaredMarts declared;
  private GoldMerge gold;
  private final List<SilverRow> silver = new ArrayList<>();
  private long version = -1;
  private int ids;

  @BeforeEach
  void database() {
    postgres = TestPostgres.database();
  }

  @AfterEach
  void close() {
    if (gold != null) {
      gold.close();
    }
    proxy.close();
    TestPostgres.drop(postgres);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private void open(String... settings) {
    if (gold != null) {
      gold.close();
    }
    Map<String, String> places = new HashMap<>();
    places.put("postgres.url", proxy.url(postgres.url()));
    places.put("postgres.user", "postgres");
    Configuration.Builder builder =
        Configuration.builder()
            .services(places, "the test")
            .flag("gold.marts", folder.toString())
            .flag("gold.stitching", "off")
            .flag("gold.alerts.stdout", "true");
    for (int i = 0; i < settings.length; i += 2) {
      builder.flag(settings[i], settings[i + 1]);
    }
    configuration = builder.build();
    declared =
        DeclaredMarts.load(TestSpark.session(), TableDefinition.SILVER.schema(), configuration);
    assertThat(declared.refused()).isEmpty();
    gold = GoldMerge.open(configuration, declared, Fixtures.TABLE);
  }

  private SilverRow view(long time, String page) {
    return view(time, page, time);
  }

  private SilverRow view(long time, String page, long kafkaTime) {
    return Fixtures.view("e" + ids++, "v", time, page, kafkaTime);
  }

  private void merge(SilverRow... events) {
    merge(List.of(events));
  }

  private void merge(List<SilverRow> events) {
    silver.addAll(events);
    long reached =
        gold.merge(
            List.of(gold.stage(TestSpark.silver(TestSpark.session(), events))),
            new SilverRange(version, version + 1),
            new PlainSilver(List.copyOf(silver)),
            LayerStatusSnapshot.UNKNOWN);
    version++;
    assertThat(reached).isEqualTo(version);
  }

  private void replace(long day, List<SilverRow> now) {
    silver.clear();
    silver.addAll(now);
    gold.replace(
        new PlainSilver(List.copyOf(silver)),
        List.of(LocalDate.ofEpochDay(Math.floorDiv(day, DAY))),
        List.of(),
        new SilverRange(version, version + 1),
        LayerStatusSnapshot.UNKNOWN);
    version++;
  }

  /** What was told, in order: the alert, its state, its page, and when its window starts. */
  private List<String> told() {
    return TestPostgres.rows(postgres, MESSAGES).stream().map(row -> row.substring(7)).toList();
  }

  private List<String> rows(String sql) {
    return TestPostgres.rows(postgres, sql);
  }

  private void busyPages() throws IOException {
    write("views_by_minute.sql", VIEWS_BY_MINUTE);
    write(
        "busy_page.alert.yaml",
        """
        description: A page has at least three views in a minute
        severity: critical
        mart: views_by_minute
        window: {start: minute, length: 1m}
        key: [page]
        show: [views]
        when: views >= 3
        """);
  }

  @Test
  void anAlertIsRaisedOnceWhenItsWindowIsComplete() throws IOException {
    busyPages();
    open();
    merge(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"), view(NOON, "/b"));
    merge(view(NOON + 3 * MINUTE - 1, "/c"));
    assertThat(told()).isEmpty();

    merge(view(NOON + 3 * MINUTE, "/c"));
    assertThat(told()).containsExactly("busy_page raised /a 12:00");
    merge(view(NOON + 4 * MINUTE, "/c"));
    merge(view(NOON + 3, "/a"));
    assertThat(told()).hasSize(1);
    assertThat(rows("SELECT body::jsonb - 'id' FROM gold.alert_messages"))
        .containsExactly(
            "{\"key\": {\"page\": \"/a\"}, \"alert\": \"busy_page\", \"state\": \"raised\","
                + " \"values\": {\"views\": 3}, \"severity\": \"critical\","
                + " \"window_end\": \"2024-02-29T12:01:00+00:00\", \"description\":"
                + " \"A page has at least three views in a minute\","
                + " \"window_start\": \"2024-02-29T12:00:00+00:00\", \"silver_version\": 2}");
    assertThat(rows("SELECT state, shown FROM gold.alerts"))
        .as("the numbers as they are now")
        .containsExactly("raised|{\"views\": 4}");
  }

  @Test
  void lateDataWithdrawAndRaiseAgain() throws IOException {
    write("views_by_minute.sql", VIEWS_BY_MINUTE);
    write(
        "odd_page.alert.yaml",
        """
        mart: views_by_minute
        window: {start: minute, length: 1m}
        key: page
        when: views % 2 = 1 AND page = '/a'
        """);
    open();
    merge(view(NOON, "/a"), view(NOON + 9 * MINUTE, "/b"));
    merge(view(NOON + 1, "/a"));
    merge(view(NOON + 2, "/a"), view(NOON + 10 * MINUTE, "/b"));
    merge(view(NOON + 11 * MINUTE, "/b"));
    assertThat(told())
        .containsExactly(
            "odd_page raised /a 12:00", "odd_page withdrawn /a 12:00", "odd_page raised /a 12:00");
    assertThat(rows("SELECT DISTINCT id FROM gold.alert_messages")).hasSize(3);
    merge(view(NOON + 3, "/a"));
    assertThat(rows("SELECT state, changes, key IS NULL, shown IS NULL FROM gold.alerts"))
        .as("of what was not so, nobody is named any longer")
        .containsExactly("withdrawn|4|t|t");
  }

  @Test
  void replacedDaysAreJudgedAgainAndOnlyOtherVerdictsAreTold() throws IOException {
    busyPages();
    open();
    List<SilverRow> three = List.of(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"));
    merge(three);
    merge(view(NOON + 5 * MINUTE, "/c"), view(NOON + 4 * DAY, "/c"));
    assertThat(told()).as("older than a day").isEmpty();

    open("gold.alerts.max-age", "30d");
    TestPostgres.execute(postgres, "DELETE FROM gold.alert_state");
    merge(view(NOON + 4 * DAY + 1, "/c"));
    assertThat(told()).containsExactly("busy_page raised /a 12:00");
    open();
    List<SilverRow> all = List.copyOf(silver);
    replace(NOON, all);
    assertThat(told()).hasSize(1);

    replace(NOON, all.subList(1, all.size()));
    assertThat(told())
        .as("what was raised is withdrawn at any age")
        .containsExactly("busy_page raised /a 12:00", "busy_page withdrawn /a 12:00");
    replace(NOON, all);
    assertThat(told()).hasSize(3).last().isEqualTo("busy_page raised /a 12:00");
  }

  @Test
  void aRebuildTellsNothingTwiceAndNothingOld() throws IOException {
    busyPages();
    open();
    merge(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"));
    List<SilverRow> old = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      old.add(view(NOON - 5 * DAY + i, "/old", NOON));
    }
    merge(old);
    merge(view(NOON + 3 * MINUTE, "/c"));
    assertThat(told()).containsExactly("busy_page raised /a 12:00");

    Fixtures.rebuild(
        configuration,
        declared,
        Fixtures.TABLE,
        GoldSettings.from(configuration),
        new PlainSilver(List.copyOf(silver)),
        version,
        LayerStatusSnapshot.UNKNOWN);
    open();
    gold.judge();
    assertThat(told()).hasSize(1);
    gold.fill(Set.of("views_by_minute"), new PlainSilver(List.copyOf(silver)), version);
    assertThat(told()).hasSize(1);
    open();
    merge(view(NOON + 4 * MINUTE, "/c"));
    assertThat(told()).hasSize(1);
  }

  @Test
  void aFirstFillOverHistoryTellsTheLastDayOnly() throws IOException {
    busyPages();
    open();
    List<SilverRow> history = new ArrayList<>();
    for (int hour = 0; hour < 72; hour++) {
      for (int i = 0; i < 3; i++) {
        history.add(view(NOON - hour * HOUR + i, "/a", NOON + 3 * MINUTE));
      }
    }
    merge(history);
    assertThat(told())
        .as("its windows end after 12:01 of the day before, and by 12:01")
        .hasSize(24)
        .allMatch(row -> row.startsWith("busy_page raised /a"));
  }

  @Test
  void anAlertThatFailsStopsNothingAndIsJudgedInFullOnceItIsMended() throws IOException {
    busyPages();
    write(
        "broken.alert.yaml",
        """
        mart: views_by_minute
        window: {start: minute, length: 1m}
        key: page
        when: 12 / (views - 2) > 0
        """);
    write(
        "vague.alert.yaml",
        "{mart: views_by_minute, window: {start: minute, length: 1m}, when: views > 0}");
    open();
    merge(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"), view(NOON, "/b"));
    merge(view(NOON, "/c"), view(NOON, "/c"), view(NOON + 3 * MINUTE, "/c"));
    assertThat(told()).containsExactly("busy_page raised /a 12:00");
    assertThat(
            rows(
                "SELECT file LIKE '%broken%', problem, reason FROM gold.refused_marts WHERE failed"))
        .containsExactly(
            "f|The alert vague failed|Several rows have the same window and the key {}; add"
                + " columns to `key`.",
            "t|The alert broken failed|ERROR: division by zero");

    write(
        "broken.alert.yaml",
        """
        mart: views_by_minute
        window: {start: minute, length: 1m}
        key: page
        when: views = 2
        """);
    open();
    merge(view(NOON + 3 * MINUTE + 1, "/c"));
    assertThat(told()).containsExactly("busy_page raised /a 12:00", "broken raised /c 12:00");
    assertThat(rows("SELECT problem FROM gold.refused_marts WHERE failed"))
        .containsExactly("The alert vague failed");
  }

  @Test
  void whatPostgresDoesNotTakeIsNamedByItsPlaceInTheFile() throws IOException {
    busyPages();
    write(
        "one.alert.yaml",
        "mart: views_by_minutes\nwindow: {start: minute, length: 1m}\nwhen: true\n");
    write(
        "two.alert.yaml",
        "mart: views_by_minute\nwindow: {start: minute, length: 1m}\nwhen: views > 2 AND vews < 3\n");
    write(
        "three.alert.yaml",
        "mart: views_by_minute\nwindow: {start: minut, length: 1m}\nwhen: views > 2\n");
    write(
        "four.alert.yaml",
        "mart: views_by_minute\nwindow: {start: minute, length: 1m}\nwhen: |\n  views > 2\n  AND NOT pag\n");
    open();
    assertThat(
            rows(
                "SELECT regexp_replace(file, '.*/', ''), line_number, column_number, problem, remedy"
                    + " FROM gold.refused_marts"))
        .containsExactly(
            "four.alert.yaml|5|9|Postgres does not take the alert four|Did you mean page?"
                + " gold.views_by_minute has the columns minute, page, views.",
            "one.alert.yaml|1|7|There is no table or view gold.views_by_minutes|Did you mean"
                + " views_by_minute? Declare it in a file next to this one, or name a mart that"
                + " `medallion marts list` shows.",
            "three.alert.yaml|2|17|Postgres does not take the alert three|Did you mean minute?"
                + " gold.views_by_minute has the columns minute, page, views.",
            "two.alert.yaml|3|21|Postgres does not take the alert two|Did you mean views?"
                + " gold.views_by_minute has the columns minute, page, views.");
  }

  @Test
  void withoutAlertsNothingIsSaidToPostgresAndNothingFollowsMarts() throws IOException {
    busyPages();
    open();
    String triggers =
        "SELECT tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'alerts%'";
    assertThat(rows(triggers)).containsOnly("gold.views_by_minute").hasSize(3);
    merge(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"));
    merge(view(NOON + 3 * MINUTE, "/a"));
    assertThat(told()).hasSize(1);

    Files.delete(folder.resolve("busy_page.alert.yaml"));
    open();
    assertThat(rows(triggers)).isEmpty();
    assertThat(rows("SELECT * FROM gold.alerts")).isEmpty();
    merge(view(NOON + 9 * MINUTE, "/a"));
    assertThat(gold.alerts().size()).isZero();
  }

  @Test
  void whatIsNotKeptAnyMoreIsForgottenNotWithdrawn() throws IOException {
    busyPages();
    open("gold.retention", "2d");
    merge(view(NOON, "/a"), view(NOON + 1, "/a"), view(NOON + 2, "/a"));
    merge(view(NOON + 3 * MINUTE, "/c"));
    assertThat(told()).hasSize(1);
    merge(view(NOON + 4 * DAY, "/c"));
    merge(view(NOON + 4 * DAY + MINUTE, "/c"));
    assertThat(rows("SELECT count(*) FROM gold.views_by_minute WHERE page = '/a'"))
        .containsExactly("0");
    assertThat(told()).containsExactly("busy_page raised /a 12:00");
    assertThat(rows("SELECT state FROM gold.alerts")).isEmpty();
  }

  @Test
  void anAlertOnAMartThatIsStillToBeFilledWaits() throws IOException {
    busyPages();
    open("gold.marts.strict", "true");
    merge(view(NOON, "/a"));
    write(
        "other.sql",
        "SELECT window(event_time, '1 minute').start AS w, count(*) AS n FROM silver GROUP BY ALL");
    write("other.alert.yaml", "{mart: other, window: {start: w, length: 1m}, when: n > 0}");
    open("gold.marts.strict", "true");
    assertThat(rows("SELECT file FROM gold.refused_marts")).isEmpty();
    assertThat(gold.alerts().size()).isEqualTo(1);
  }

  @Test
  void theExamplesAreTaken() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../docs/alerts"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    open();
    assertThat(rows("SELECT file, problem, reason FROM gold.refused_marts")).isEmpty();
    assertThat(gold.alerts().size()).isEqualTo(4);
  }

  @Test
  void judgingWithoutAlertsAsksNothing() throws Exception {
    // There is no connection that could be asked.
    io.medallion.gold.alert.AlertJudge.NONE.prepare(null);
    io.medallion.gold.alert.AlertJudge.NONE.judge(null);
  }

  /**
   * Whatever the order, the batches, the commits cut off, and the days replaced: what is raised in
   * the end is what a plain count of the events says, and each state was told once.
   */
  @Test
  void whatIsRaisedInTheEndIsAFunctionOfTheEvents() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    busyPages();
    write(
        "views_by_ten.sql",
        """
        SELECT window(event_time, '10 minutes', '2 minutes').start AS w, page, count(*) AS views
        FROM silver WHERE event_type = 'page_view' GROUP BY ALL""");
    write(
        "velocity.alert.yaml",
        """
        mart: views_by_ten
        window: {start: w, length: 10m, every: 2m}
        key: page
        show: [views]
        when: views >= 6
        """);
    write(
        "views_by_hour.view.sql",
        "SELECT date_trunc('hour', minute, 'UTC') AS hour, sum(views) AS views"
            + " FROM views_by_minute GROUP BY 1");
    write(
        "quiet_hour.alert.yaml",
        """
        mart: views_by_hour
        window: {start: hour, length: 1h}
        when: views < 12
        """);
    write(
        "views_by_session.sql",
        """
        SELECT site, visitor, session_window(event_time, '5 minutes').start AS began,
          count(*) AS views
        FROM silver GROUP BY site, visitor, session_window(event_time, '5 minutes')""");
    write(
        "short_session.alert.yaml",
        """
        mart: views_by_session
        window: {start: began, length: 0}
        key: [site, visitor]
        when: views BETWEEN 2 AND 3
        """);
    open("gold.alerts.max-age", "90d");
    List<SilverRow> events = new ArrayList<>();
    for (int i = 0; i < 220; i++) {
      events.add(
          Fixtures.view(
              "r" + i,
              "v" + random.nextInt(3),
              NOON + random.nextInt(6 * 3600) * SECOND,
              "/" + "abc".charAt(random.nextInt(3)),
              NOON + 3 * HOUR + i * MINUTE));
    }
    int at = 0;
    while (at < events.size()) {
      int next = Math.min(events.size(), at + 1 + random.nextInt(25));
      proxy.cutNext(
          List.of(CommitProxy.Cut.NEVER, CommitProxy.Cut.BEFORE, CommitProxy.Cut.AFTER)
              .get(random.nextInt(3)));
      List<SilverRow> batch = new ArrayList<>(events.subList(at, next));
      Collections.shuffle(batch, random);
      merge(batch);
      at = next;
      if (random.nextInt(6) == 0) {
        List<SilverRow> kept = new ArrayList<>(silver);
        kept.removeIf(event -> random.nextInt(8) == 0);
        replace(NOON, kept);
      }
      if (random.nextInt(8) == 0) {
        proxy.cutNext(CommitProxy.Cut.NEVER);
        open("gold.alerts.max-age", "90d");
      }
    }
    assertThat(proxy.cuts()).as("seed " + seed).isPositive();
    // The newest record that was merged, of which the last replacement may have taken the row.
    long complete =
        Long.parseLong(
            rows("SELECT (extract(epoch FROM watermark) * 1000000)::bigint FROM gold.watermark")
                .get(0));
    long judged =
        Long.parseLong(
            rows("SELECT DISTINCT (extract(epoch FROM judged_until) * 1000000)::bigint"
                    + " FROM gold.alert_state")
                .get(0));
    assertThat(judged).isGreaterThanOrEqualTo(complete);
    assertThat(raised()).as("seed " + seed).isEqualTo(expected(silver, judged));
    assertAlternating(seed);
  }

  private Set<String> raised() {
    return new TreeSet<>(
        rows(
            "SELECT alert, (extract(epoch FROM window_start) * 1000000)::bigint,"
                + " coalesce(key ->> 'page', key ->> 'visitor', '') FROM gold.alerts"
                + " WHERE state = 'raised'"));
  }

  private void assertAlternating(long seed) {
    for (String states :
        rows(
            "SELECT string_agg(body::jsonb ->> 'state', ' ' ORDER BY number) FROM gold.alert_messages"
                + " GROUP BY alert, body::jsonb -> 'key', body::jsonb -> 'window_start'")) {
      List<String> each = Arrays.asList(states.split(" ", -1));
      for (int i = 0; i < each.size(); i++) {
        assertThat(each.get(i))
            .as("seed %d: %s", seed, states)
            .isEqualTo(i % 2 == 0 ? "raised" : "withdrawn");
      }
    }
    assertThat(
            rows(
                "SELECT state, (SELECT count(*) FROM gold.alert_messages AS m WHERE m.alert = a.alert"
                    + " AND (m.body::jsonb ->> 'window_start')::timestamptz = a.window_start"
                    + " AND (a.key IS NULL OR m.body::jsonb -> 'key' = a.key)) >= changes FROM gold.alerts AS a"))
        .allMatch(row -> row.endsWith("|t"));
  }

  private static Set<String> expected(List<SilverRow> events, long complete) {
    Set<String> expected = new TreeSet<>();
    Map<String, Integer> minutes = new TreeMap<>();
    Map<String, Integer> tens = new TreeMap<>();
    Map<Long, Integer> hours = new TreeMap<>();
    for (SilverRow event : events) {
      long minute = event.time() - event.time() % MINUTE;
      minutes.merge(minute + "|" + event.page(), 1, Integer::sum);
      hours.merge(event.time() - event.time() % HOUR, 1, Integer::sum);
      long last = event.time() - event.time() % (2 * MINUTE);
      for (int i = 0; i < 5; i++) {
        tens.merge((last - i * (2 * MINUTE)) + "|" + event.page(), 1, Integer::sum);
      }
    }
    minutes.forEach(
        (key, views) -> {
          if (views >= 3 && start(key) + MINUTE <= complete) {
            expected.add("busy_page|" + key);
          }
        });
    tens.forEach(
        (key, views) -> {
          String before = (start(key) - 2 * MINUTE) + key.substring(key.indexOf('|'));
          if (views >= 6
              && tens.getOrDefault(before, 0) < 6
              && start(key) + 10 * MINUTE <= complete) {
            expected.add("velocity|" + key);
          }
        });
    hours.forEach(
        (hour, views) -> {
          if (views < 12 && hour + HOUR <= complete) {
            expected.add("quiet_hour|" + hour + "|");
          }
        });
    for (String visitor : List.of("v0", "v1", "v2")) {
      long[] times =
          events.stream()
              .filter(event -> event.visitor().equals(visitor))
              .mapToLong(SilverRow::time)
              .sorted()
              .toArray();
      int first = 0;
      for (int i = 1; i <= times.length; i++) {
        if (i == times.length || times[i] - times[i - 1] > 5 * MINUTE) {
          if (i - first >= 2 && i - first <= 3 && times[first] <= complete) {
            expected.add("short_session|%d|%s".formatted(times[first], visitor));
          }
          first = i;
        }
      }
    }
    return expected;
  }

  private static long start(String key) {
    return Long.parseLong(key.substring(0, key.indexOf('|')));
  }

  /** Against the same hour of the weeks before, by a median and a deviation computed here. */
  @Test
  void anUnusualHourIsOneFarFromTheMedianOfTheWeeksBefore() throws IOException {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    write(
        "views_by_hour.sql",
        "SELECT date_trunc('hour', event_time) AS hour, page, count(*) AS views FROM silver"
            + " GROUP BY ALL");
    write(
        "unusual_hour.alert.yaml",
        """
        mart: views_by_hour
        window: {start: hour, length: 1h}
        key: [page]
        unusual: {number: views, weeks: 5, score: 3.5, least: 3}
        """);
    open();
    long now = NOON + 3 * HOUR;
    Map<String, Integer> counts = new TreeMap<>();
    List<SilverRow> events = new ArrayList<>();
    for (int week = 0; week <= 5; week++) {
      for (int hour = 0; hour < 3; hour++) {
        for (String page : List.of("/a", "/b", "/c", "/d")) {
          // What is missing altogether has no row that could be looked at.
          int views =
              page.equals("/d") && week == 0
                  ? 0
                  : week == 0 ? random.nextInt(14) : 7 + random.nextInt(3);
          counts.put("%d|%d|%s".formatted(week, hour, page), views);
          for (int i = 0; i < views; i++) {
            events.add(view(NOON - week * WEEK + hour * HOUR + i, page, now));
          }
        }
      }
    }
    events.add(view(NOON - 5 * WEEK - HOUR, "/first", now));
    Collections.shuffle(events, random);
    int half = events.size() / 2;
    merge(events.subList(0, half));
    merge(events.subList(half, events.size()));
    merge(view(now + 2 * MINUTE, "/c"));
    Set<String> expected = new TreeSet<>();
    for (int hour = 0; hour < 3; hour++) {
      for (String page : List.of("/a", "/b", "/c", "/d")) {
        double[] before = new double[5];
        for (int week = 1; week <= 5; week++) {
          before[week - 1] = counts.get("%d|%d|%s".formatted(week, hour, page));
        }
        double number = counts.get("0|%d|%s".formatted(hour, page));
        double median = median(before);
        double deviation = median(Arrays.stream(before).map(n -> Math.abs(n - median)).toArray());
        if (Math.abs(number - median) >= 3
            && 0.6745 * Math.abs(number - median) > 3.5 * deviation) {
          expected.add("unusual_hour|%d|%s".formatted(NOON + hour * HOUR, page));
        }
      }
    }
    assertThat(raised()).as("seed " + seed).isEqualTo(expected).isNotEmpty();

    // What is usual is another if the weeks before are.
    List<String> earlier = told();
    replaceWeeks(silver.stream().filter(event -> !event.page().equals("/d")).toList());
    assertThat(told().subList(earlier.size(), told().size()))
        .as("no page is missed that was never there")
        .hasSize((int) expected.stream().filter(alert -> alert.endsWith("/d")).count())
        .allMatch(row -> row.startsWith("unusual_hour withdrawn /d"));
    assertThat(raised()).noneMatch(alert -> alert.endsWith("/d"));
  }

  private void replaceWeeks(List<SilverRow> now) {
    List<LocalDate> days = new ArrayList<>();
    for (int week = 1; week <= 5; week++) {
      days.add(
          LocalDate.ofInstant(
              Instant.EPOCH.plus(NOON - week * WEEK, ChronoUnit.MICROS), ZoneOffset.UTC));
    }
    gold.replace(
        new PlainSilver(now),
        days,
        List.of(),
        new SilverRange(version, version + 1),
        LayerStatusSnapshot.UNKNOWN);
    version++;
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
