package io.medallion.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, over a real Postgres with gold's own schema and views. */
class DashboardIT {
  private static final String HOSTILE = "/<img src=x onerror=document.title=1>";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;
  private TestGold gold;
  private Dashboard dashboard;

  @BeforeEach
  void start() throws Exception {
    gold = new TestGold();
    dashboard = Dashboard.start(configuration(), 0, new FakeLake());
  }

  private Configuration configuration() {
    return gold.configuration();
  }

  @AfterEach
  void stop() throws Exception {
    dashboard.close();
    gold.close();
  }

  @Test
  void thePageShowsWhatPostgresHoldsAndFollowsIt() throws Exception {
    assumeTrue(
        Browser.isInstalled() || "required".equals(System.getProperty("medallion.programs")),
        "chromedriver is not installed");
    try (Browser browser = new Browser(folder)) {
      browser.open(dashboard.url());
      awaitText(browser, "#state", "No numbers yet");

      fill();
      awaitText(browser, "#state", "Live");
      assertThat(browser.text("#views")).isEqualTo(one("SELECT sum(views) FROM gold.page_views"));
      assertThat(browser.text("#users")).isEqualTo("7");
      assertThat(browser.text("#sessionsnumber")).isEqualTo("4");
      assertThat(browser.text("#openclosed")).isEqualTo("3 open, 1 closed");
      assertThat(browser.text("#conversion")).isEqualTo("25%");
      assertThat(browser.text("#revenue")).isEqualTo("1,234,567.89 EUR");
      assertThat(browser.text("#late")).isEqualTo("5");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(browser.text("#pages")).contains(HOSTILE));
      assertThat(browser.value("document.querySelectorAll('#pages img').length").asInt()).isZero();
      assertThat(cells(browser, "#countries"))
          .isEqualTo("Germany 3 1 33.3% 1,234,567.89 EUR (none) 1 0 0% –");
      assertThat(browser.text("#account")).contains("120").contains("90").contains("6");
      assertThat(browser.text("#balance")).startsWith("It adds up: each of 100 records");
      assertThat(cells(browser, "#reasons")).isEqualTo("missing field 3 id conflict 1");
      assertThat(cells(browser, "#flags")).isEqualTo("large_order 5 known_currency 2");
      assertThat(cells(browser, "#shortfunnel"))
          .isEqualTo("Sessions 4 100% Viewed a page 4 100% Put in the cart 2 50% Purchased 1 25%");
      assertThat(cells(browser, "#flow tr.bronze"))
          .startsWith("bronze catching up 120 – 7 rows, 45 s ");
      assertThat(cells(browser, "#flow tr.silver")).startsWith("silver catching up 90 –");
      assertThat(cells(browser, "#flow tr.silver")).contains("20 rows, 30 s");
      assertThat(cells(browser, "#flow tr.gold")).contains("keeps up").contains("none");
      assertThat(browser.value("document.querySelectorAll('.chart canvas').length").asInt())
          .isEqualTo(2);

      aMergeShowsWithinASecond(browser);
      martsThatAreNotWhatTheirFilesSayAreNamed(browser);
      bronzeIsHeardOf(browser);
      theKeyboardChoosesTheRange(browser);
      everyTableHasHeadsAndTheChartsOneBehindThem(browser);
      everyLayoutFits(browser);
      assertThat(
              one(
                  "SELECT string_agg(DISTINCT usename, ' ') FROM pg_stat_activity"
                      + " WHERE application_name = 'medallion-dashboard'"))
          .isEqualTo("medallion_reader");

      execute(
          "UPDATE gold.ledger SET silver_version = 9, merged_at = now() - interval '5 minutes';"
              + "UPDATE gold.observed_layer_status SET observed_at = now() - interval '5 minutes'");
      awaitText(browser, "#state", "Stale: nothing merged for 5 min");
      assertThat(browser.text("#banner")).startsWith("Gold does not run. What is shown was right");
      assertThat(browser.console())
          .doesNotContain("Content Security Policy")
          .doesNotContain("SEVERE");

      execute("ALTER ROLE medallion_reader NOLOGIN");
      execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE application_name = 'medallion-dashboard'");
      awaitText(browser, "#state", "Postgres refuses the reader's role");
      gold.close();
      awaitText(browser, "#state", "Postgres does not answer");
    }
  }

  @Test
  void ofManyCurrenciesThePageGetsTenAndACountOfTheOthers() throws Exception {
    fill();
    execute(
        "INSERT INTO gold.revenue (window_start, currency, orders, revenue) SELECT date_trunc('minute', now()), 'X' || n, 2, n"
            + " FROM generate_series(1, 594) AS n");
    try (GoldPage page = new GoldPage(configuration())) {
      JsonNode snapshot =
          new ObjectMapper().readTree(page.snapshot(View.of(range("15m"))).orElseThrow());
      assertThat(snapshot.get("revenue")).hasSize(10);
      assertThat(snapshot.at("/revenue/0/0").asText()).isEqualTo("EUR");
      assertThat(snapshot.at("/revenue/9/0").asText()).isEqualTo("X586");
      assertThat(snapshot.at("/other_revenue/currencies").asInt()).isEqualTo(585);
      assertThat(snapshot.at("/other_revenue/orders").asInt()).isEqualTo(1_170);
    }
    if (Browser.isInstalled()) {
      try (Browser browser = new Browser(folder)) {
        browser.open(dashboard.url());
        awaitText(browser, "#revenue", "1,234,567.89 EUR");
        assertThat(browser.text("#orders"))
            .startsWith("1,189 orders")
            .endsWith("591 other currencies");
      }
    }
  }

  /** What is of several sites adds up, and each may be looked at alone. */
  @Test
  void oneSiteOrAllOfThemAreShown() throws Exception {
    fill();
    execute(
        """
        INSERT INTO gold.page_views VALUES ('shop-us', date_trunc('minute', now()), '/us', 5);
        INSERT INTO gold.active_users VALUES
          ('shop-us', date_trunc('minute', now()) - interval '4 minutes', 2);
        INSERT INTO gold.event_counts VALUES ('shop-us', date_trunc('minute', now()), 'page_view', 'Canada', 5);
        INSERT INTO gold.revenue VALUES ('shop-us', date_trunc('minute', now()), now(), 'USD', 3, 30);
        INSERT INTO gold.period_users VALUES ('shop-de', 'month', '2026-03-01', 4), ('shop-us', 'month', '2026-03-01', 1)\
        """);
    try (GoldPage page = new GoldPage(configuration())) {
      ObjectMapper json = new ObjectMapper();
      JsonNode all = json.readTree(page.snapshot(View.of(range("15m"))).orElseThrow());
      assertThat(all.at("/sites")).hasSize(2);
      assertThat(all.get("page_views").asLong()).isEqualTo(47);
      assertThat(all.get("active_users").asLong()).isEqualTo(9);
      JsonNode one = json.readTree(page.snapshot(view("range=15m&site=shop-us")).orElseThrow());
      assertThat(one.get("site").asText()).isEqualTo("shop-us");
      assertThat(one.at("/sites")).hasSize(2);
      assertThat(one.get("page_views").asLong()).isEqualTo(5);
      assertThat(one.get("active_users").asLong()).isEqualTo(2);
      assertThat(one.at("/sessions/all").asLong()).isZero();
      // Who may see this site alone is told nothing of the others, nor of all together.
      View limited = View.of(range("15m")).within(Optional.of("shop-us"));
      String said = page.snapshot(limited).orElseThrow();
      assertThat(said).doesNotContain("shop-de");
      JsonNode only = json.readTree(said);
      assertThat(only.at("/sites").toString()).isEqualTo("[\"shop-us\"]");
      assertThat(only.at("/layers")).isEmpty();
      assertThat(only.at("/reasons")).isEmpty();
      assertThat(only.at("/bots").isNull()).isTrue();
      assertThat(only.get("page_views").asLong()).isEqualTo(5);
      assertThat(one.at("/revenue/0/0").asText()).isEqualTo("USD");
    }
    if (Browser.isInstalled()) {
      try (Browser browser = new Browser(folder)) {
        browser.open(dashboard.url());
        awaitText(browser, "#views", "47");
        assertThat(browser.text("#sites")).contains("All sites", "shop-de", "shop-us");
      }
    }
  }

  /** From another machine, as the same machine by an address of its own stands for one. */
  @Test
  void fromAnotherMachineThePageAsksForATokenAndShowsItsSite() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromedriver is not installed");
    fill();
    execute(
        "INSERT INTO gold.page_views VALUES ('shop-us', date_trunc('minute', now()), '/us', 5)");
    String token = "0123456789abcdef";
    Map<String, String> environment =
        Map.of(
            "MEDALLION_POSTGRES_URL",
            "jdbc:postgresql://localhost:" + gold.port() + "/postgres",
            "MEDALLION_DASHBOARD_HOST",
            "0.0.0.0",
            "MEDALLION_DASHBOARD_TOKENS",
            "all: another " + token + "\nus @ shop-us: " + token);
    Configuration configuration = Configuration.builder().environment(environment).build();
    try (Dashboard elsewhere = Dashboard.start(configuration, 0, new FakeLake());
        Browser browser = new Browser(folder)) {
      browser.open(elsewhere.url());
      browser.answer("0123456789abcdeX");
      browser.answer(token);
      awaitText(browser, "#state", "Live");
      awaitText(browser, "#views", "5");
      await().atMost(SOON).until(() -> browser.text("#pages").contains("/us"));
      assertThat(browser.text("#pages")).doesNotContain(HOSTILE);
    }
  }

  /** What was ingested of another month is found, and the page says of when it is. */
  @Test
  void anyRangeOfHistoryIsShown() throws Exception {
    fill();
    execute(
        "INSERT INTO gold.page_views (window_start, page, views) SELECT timestamptz '2019-10-01Z' + n * interval '1 hour',"
            + " '/old', 2 FROM generate_series(0, 24 * 31 - 1) AS n");
    try (GoldPage page = new GoldPage(configuration())) {
      assertThat(views(page, "all")).isEqualTo(42 + 2 * 24 * 31);
      assertThat(views(page, "7d")).isEqualTo(42);
      assertThat(views(page, "30d")).isEqualTo(42);
      assertThat(views(page, "2019-10-01..2019-10-31")).isEqualTo(2 * 24 * 31);
      assertThat(views(page, "2019-10-30..2019-11-02")).isEqualTo(2 * 24 * 2);
      JsonNode month = snapshot(page, "2019-10-01..2019-10-31");
      assertThat(month.get("first").asLong())
          .isEqualTo(Instant.parse("2019-10-01T00:00:00Z").getEpochSecond());
      assertThat(month.get("last").asLong())
          .isEqualTo(Instant.parse("2019-11-01T00:00:00Z").getEpochSecond());
      assertThat(month.get("bars")).hasSize(31 * 4).allMatch(bar -> bar.get(1).asInt() == 12);
      assertThat(snapshot(page, "all").get("bars").size()).isBetween(300, 500);
    }
    for (String none :
        List.of("2019-10-31..2019-10-01", "2019-13-01..2019-13-02", "2019-10-01", "1y")) {
      assertThat(Range.of(none)).as(none).isEmpty();
    }
    if (Browser.isInstalled()) {
      try (Browser browser = new Browser(folder)) {
        browser.open(dashboard.url() + "#zone=UTC");
        awaitText(browser, "#views", "42");
        browser.value(
            "[['from', '2019-10-01'], ['to', '2019-10-31']].forEach(([id, day]) => {"
                + " document.getElementById(id).value = day; })");
        browser.value("document.querySelector('#days button').click()");
        awaitText(browser, "#views", "1,488");
        assertThat(browser.text("#shown")).contains("2019");
        assertThat(
                browser
                    .value("document.querySelectorAll('input[name=range]:checked').length")
                    .asInt())
            .isZero();
      }
    }
  }

  /** Layers that ran by --once have ended, and nothing waits: that is no fault. */
  @Test
  void aBatchThatIsDoneIsNotStale() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromedriver is not installed");
    fill();
    execute(
        "DELETE FROM gold.observed_layer_status; UPDATE gold.layer_status SET rows_read = 100,"
            + " rows_written = 100, committed_at = now() WHERE layer = 'bronze'; UPDATE gold.ledger"
            + " SET merged_at = now() - interval '3 hours'");
    try (Browser browser = new Browser(folder)) {
      browser.open(dashboard.url());
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(browser.text("#state")).startsWith("Up to date as of"));
      assertThat(browser.value("document.getElementById('banner').hidden").asBoolean()).isTrue();
      assertThat(
              browser.value("document.getElementById('main').hasAttribute('data-dim')").asBoolean())
          .isFalse();

      execute("UPDATE gold.ledger SET newest_event = NULL, newest_kafka = NULL, merged_at = now()");
      awaitText(browser, "#state", "No event merged yet");
    }
  }

  @Test
  void noNumberIsCutAndTheWholeIsInItsTooltip() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromedriver is not installed");
    fill();
    try (Browser browser = new Browser(folder)) {
      browser.open(dashboard.url());
      for (long views : List.of(1_234_567L, 987_654_321L, 1_234_567_890_123L)) {
        execute(
            "UPDATE gold.page_views SET views = CASE page WHEN '/' THEN %d ELSE 0 END;"
                    .formatted(views)
                + " UPDATE gold.ledger SET merged_at = clock_timestamp()");
        String whole = "%,d".formatted(views);
        await()
            .atMost(SOON)
            .until(
                () ->
                    browser.value("document.getElementById('views').title").asText().equals(whole));
        for (int width : List.of(1280, 1024, 360)) {
          browser.show(width, 900, "light");
          assertThat(
                  browser
                      .value(
                          "[...document.querySelectorAll('.big')].filter(b => b.scrollWidth >"
                              + " b.clientWidth).map(b => b.id + ' ' + b.textContent).join()")
                      .asText())
              .as("cut at %d pixels", width)
              .isEmpty();
        }
      }
      assertThat(browser.text("#views")).isEqualTo("1.235T");
    }
  }

  @Test
  void aReadersMissingPasswordIsNamed() throws Exception {
    execute("ALTER ROLE medallion_reader PASSWORD 'secret'");
    Path hba = Path.of(one("SHOW hba_file"));
    Files.writeString(hba, "host all medallion_reader all scram-sha-256\n" + Files.readString(hba));
    execute("SELECT pg_reload_conf()");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              // A connection of its own: one that is there was let in by the rules of before.
              try (GoldPage page = new GoldPage(configuration())) {
                assertThatThrownBy(page::mark)
                    .isInstanceOfSatisfying(
                        SQLException.class,
                        e ->
                            assertThat(GoldPage.explain(e))
                                .contains("the reader's password", "postgres.reader.password"));
              }
            });
  }

  private static View view(String query) {
    return View.parse(query).orElseThrow();
  }

  private static Range range(String name) {
    return Range.of(name).orElseThrow();
  }

  private static JsonNode snapshot(GoldPage page, String range) throws Exception {
    return new ObjectMapper().readTree(page.snapshot(View.of(range(range))).orElseThrow());
  }

  private static long views(GoldPage page, String range) throws Exception {
    return snapshot(page, range).get("page_views").asLong();
  }

  @Test
  void beforeGoldHasMadeItsTablesAskingForThemIsNoErrorInPostgres() throws Exception {
    execute("CREATE DATABASE empty");
    String url = "jdbc:postgresql://localhost:" + gold.port() + "/empty";
    Configuration configuration =
        Configuration.builder().environment(Map.of("MEDALLION_POSTGRES_URL", url)).build();
    try (GoldPage page = new GoldPage(configuration)) {
      for (int look = 0; look < 5; look++) {
        assertThat(page.mark()).isEmpty();
      }
    }
    // A session tells what it did when it ends.
    await().atMost(SOON).until(() -> statistic("xact_commit", "empty") >= 5);
    assertThat(statistic("xact_rollback", "empty")).isZero();
  }

  private long statistic(String column, String database) throws Exception {
    try (Connection connection = gold.connection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT %s FROM pg_stat_database WHERE datname = '%s'"
                    .formatted(column, database))) {
      assertThat(found.next()).isTrue();
      return found.getLong(1);
    }
  }

  @Test
  void onEveryAddressThePageIsStillToldByOneThatABrowserTakes() {
    Configuration everywhere =
        Configuration.builder()
            .environment(
                Map.of(
                    "MEDALLION_POSTGRES_URL", "jdbc:postgresql://localhost/none",
                    "MEDALLION_DASHBOARD_HOST", "0.0.0.0"))
            .build();
    try (Dashboard open = Dashboard.start(everywhere, 0, new FakeLake())) {
      assertThat(open.url()).matches("http://localhost:\\d+/");
    }
  }

  @Test
  void onlyThisMachineMayAskAndOnlyForThePage() throws Exception {
    HttpResponse<String> page = ask(URI.create(dashboard.url()));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'")
        .doesNotContain("unsafe-inline");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(ask(URI.create(dashboard.url() + "..%2fsnapshot.sql")).statusCode()).isEqualTo(404);
    for (String none :
        List.of(
            "range=1y",
            "range=1h&colour=red",
            "range=1h&null=site,x",
            "range=1h&zone=Mars",
            "range=1h&page=%00",
            "site=shop-de")) {
      assertThat(ask(URI.create(dashboard.url() + "events?" + none)).statusCode())
          .as(none)
          .isEqualTo(400);
    }
    assertThat(statusFor("evil.example"))
        .startsWith("HTTP/1.1 421")
        .contains("answers to the names localhost", "dashboard.host");
    for (String path : List.of("", "page.js", "events?range=1h")) {
      HttpResponse<String> head =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(dashboard.url() + path))
                      .method("HEAD", BodyPublishers.noBody())
                      .build(),
                  BodyHandlers.ofString());
      assertThat(head.statusCode()).as(path).isEqualTo(200);
      assertThat(head.body()).isEmpty();
    }
  }

  /** In tiles and in lists, once the page is loaded whole: the middle one of three. */
  private void aMergeShowsWithinASecond(Browser browser) throws Exception {
    long[] millis = new long[3];
    mergeViews(1_000);
    awaitMerged(browser);
    for (int i = 0; i < millis.length; i++) {
      mergeViews(-1_000);
      awaitText(browser, "#views", "42");
      mergeViews(1_000);
      long begun = System.nanoTime();
      awaitMerged(browser);
      millis[i] = (System.nanoTime() - begun) / 1_000_000;
    }
    Arrays.sort(millis);
    assertThat(millis[1]).as("milliseconds from merge to page").isLessThan(1_000);
  }

  private static void awaitMerged(Browser browser) {
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                browser.text("#views").equals("2,042") && browser.text("#pages").contains("1,030"));
  }

  private void mergeViews(int more) throws Exception {
    execute("UPDATE gold.page_views SET views = views + (%d)".formatted(more));
    execute("UPDATE gold.ledger SET silver_version = 8, merged_at = clock_timestamp()");
  }

  private void martsThatAreNotWhatTheirFilesSayAreNamed(Browser browser) throws Exception {
    assertThat(browser.value("document.getElementById('martscard').hidden").asBoolean()).isTrue();
    execute(
        "INSERT INTO gold.refused_marts VALUES ('marts/m.sql', 2, 3, 'median cannot be kept',"
            + " 'It does not merge.', 'Count by buckets.');"
            + " CREATE SCHEMA gold_filling; CREATE TABLE gold_filling.searches ();"
            + " CREATE TABLE gold_filling.ledger ();"
            + " UPDATE gold.ledger SET merged_at = clock_timestamp()");
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(cells(browser, "#states"))
                    .isEqualTo(
                        "marts/m.sql:2:3 median cannot be kept It does not merge. Count by buckets."
                            + " gold.searches is being filled From silver’s history; it takes its"
                            + " place when it has come as far as the others."));
  }

  /** What the page gets of marts, also where there is no browser to show it. */
  @Test
  void refusedMartsAndThoseBeingFilledAreInWhatThePageGets() throws Exception {
    fill();
    execute(
        "INSERT INTO gold.refused_marts VALUES ('m.sql', 2, 3, 'no', 'why', 'what');"
            + " CREATE SCHEMA gold_filling; CREATE TABLE gold_filling.searches ();"
            + " CREATE TABLE gold_filling.searches__users (); CREATE TABLE gold_filling.marts ()");
    try (GoldPage page = new GoldPage(configuration())) {
      JsonNode numbers =
          new ObjectMapper().readTree(page.snapshot(View.of(range("15m"))).orElseThrow());
      assertThat(numbers.get("refused").toString())
          .isEqualTo("[[\"m.sql:2:3\",\"no\",\"why\",\"what\"]]");
      assertThat(numbers.get("filling").toString()).isEqualTo("[\"searches\"]");
    }
  }

  /** What waits in Kafka is as old as bronze's last word of it. */
  private void bronzeIsHeardOf(Browser browser) throws Exception {
    execute(
        "UPDATE gold.observed_layer_status SET waiting = 0, waiting_at = now(), observed_at ="
            + " clock_timestamp()");
    awaitFlow(browser, "bronze keeps up 120 %s none ");
    execute(
        "UPDATE gold.observed_layer_status SET waiting_at = now() - interval '4 minutes',"
            + " observed_at = clock_timestamp()");
    awaitFlow(browser, "bronze not heard of for 4 min 120 %s – ");
  }

  /** Of one look at bronze no rate is known yet. */
  private static void awaitFlow(Browser browser, String start) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(cells(browser, "#flow tr.bronze"))
                    .containsPattern("^" + start.formatted("(–|0/s)")));
  }

  private static void theKeyboardChoosesTheRange(Browser browser) throws Exception {
    assertThat(browser.value("document.querySelectorAll('#barstable tbody tr').length").asInt())
        .isEqualTo(15);
    browser.value("document.querySelector('input[name=range]').focus()");
    browser.tell(
        "Input.dispatchKeyEvent",
        Map.of(
            "type",
            "keyDown",
            "key",
            "ArrowRight",
            "code",
            "ArrowRight",
            "windowsVirtualKeyCode",
            39));
    await()
        .atMost(SOON)
        .until(
            () ->
                browser.value("document.querySelectorAll('#barstable tbody tr').length").asInt()
                    == 60);
    assertThat(browser.text("#views")).isEqualTo("2,042");
  }

  /** What a screen reader goes by. */
  private static void everyTableHasHeadsAndTheChartsOneBehindThem(Browser browser)
      throws Exception {
    assertThat(
            browser
                .value(
                    "[...document.querySelectorAll('table')].filter(t => !t.tHead ||"
                        + " ![...t.tBodies[0].rows].every(r => r.cells.length ==="
                        + " t.tHead.rows[0].cells.length)).map(t => t.id).join()")
                .asText())
        .isEmpty();
    assertThat(
            browser
                .value(
                    "[...document.querySelectorAll('#barstable td:nth-child(2)')]"
                        + ".reduce((sum, c) => sum + Number(c.textContent.replace(',', '')), 0)")
                .asInt())
        .isEqualTo(2042);
    assertThat(
            browser
                .value("document.querySelectorAll('.chart:not([aria-hidden=true])').length")
                .asInt())
        .isZero();
  }

  private void everyLayoutFits(Browser browser) throws Exception {
    for (int width : List.of(1320, 360)) {
      for (String scheme : List.of("light", "dark")) {
        browser.show(width, 900, scheme);
        await()
            .atMost(SOON)
            .untilAsserted(
                () ->
                    assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                        .as("%s at %d pixels", scheme, width)
                        .isLessThanOrEqualTo(width));
      }
    }
  }

  /** By hand: what is to be seen is counted in the test's own head. */
  private void fill() throws Exception {
    execute(
        """
        BEGIN;
        INSERT INTO gold.page_views (window_start, page, views)
          SELECT date_trunc('minute', now()), page, views FROM (VALUES ('/', 30), ('%s', 12)) AS v(page, views);
        INSERT INTO gold.active_users (window_start, users) VALUES (date_trunc('minute', now()) - interval '4 minutes', 7);
        INSERT INTO gold.event_counts (window_start, event_type, country, events) VALUES (date_trunc('minute', now()), 'page_view', 'Germany', 30);
        INSERT INTO gold.revenue (window_start, currency, orders, revenue) VALUES (date_trunc('minute', now()), 'EUR', 1, 1234567.89);
        INSERT INTO gold.definitions VALUES ('sessions', 'gap=300000000us');
        INSERT INTO gold.sessions (site, visitor, session_start, session_end, local_date, events, page_views, products,
            cart_adds, purchases, revenue, currency, country, channel, late_events)
          SELECT 'shop-de', 'v' || n, now() - interval '9 minutes', now() - CASE n WHEN 4 THEN interval '6 minutes'
            ELSE interval '0' END, now(), 9, 9, '{}', n %% 2, CASE n WHEN 1 THEN 1 ELSE 0 END,
            CASE n WHEN 1 THEN 1234567.89 ELSE 0 END, CASE n WHEN 1 THEN 'EUR' END,
            CASE n WHEN 4 THEN NULL ELSE 'Germany' END, 'Direct', CASE n WHEN 2 THEN 5 ELSE 0 END
          FROM generate_series(1, 4) AS n;
        INSERT INTO gold.layer_status (layer, position, rows_read, rows_written, duplicates, quarantined,
            reasons, flags, newest_kafka, committed_at, updated_at) VALUES
          ('bronze', 'commit_seq 3', 100, 100, 0, 0, '{}', '{}', now() - interval '30 seconds', NULL, now()),
          ('silver', 'version 3', 100, 90, 6, 4, '{"MISSING_FIELD": 3, "ID_CONFLICT": 1}', '{"known_currency": 2, "large_order": 5}',
            now() - interval '30 seconds', now(), now()),
          ('gold', '7', 90, 90, 0, 0, '{}', '{}', now() - interval '30 seconds', now(), now());
        INSERT INTO gold.observed_layer_status (layer, position, rows_read, rows_written, duplicates,
            quarantined, reasons, newest_kafka, committed_at, waiting, waiting_seconds, waiting_at, observed_at)
          VALUES ('bronze', 'commit_seq 4', 120, 120, 0, 0, '{}', now(), now(), 7, 45, now(), now());
        INSERT INTO gold.ledger (silver_table, silver_version, silver_rows, bots, late_dropped,
            newest_event, newest_kafka, merged_at)
          VALUES ('t', 7, 90, 0, 0, now(), now(), clock_timestamp());
        COMMIT\
        """
            .formatted(HOSTILE));
  }

  /** The text of a table's body, its cells parted by blanks. */
  private static String cells(Browser browser, String rows) throws Exception {
    return browser
        .value(
            "[...document.querySelectorAll('%s :is(th[scope=row], td)')]".formatted(rows)
                + ".map(c => c.textContent).join(' ')")
        .asText();
  }

  private static void awaitText(Browser browser, String selector, String text) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(browser.text(selector)).isEqualTo(text));
  }

  private static HttpResponse<String> ask(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private String statusFor(String host) throws Exception {
    try (Socket socket = new Socket("localhost", URI.create(dashboard.url()).getPort())) {
      String request = "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String one(String sql) throws Exception {
    return gold.one(sql);
  }

  private void execute(String sql) throws Exception {
    gold.execute(sql);
  }
}
