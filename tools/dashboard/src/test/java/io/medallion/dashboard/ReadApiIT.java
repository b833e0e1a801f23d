package io.medallion.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.dashboard.api.ApiException;
import io.medallion.dashboard.api.MartQuery;
import io.medallion.dashboard.api.MartReader;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API as a program asks it, over a real Postgres. */
class ReadApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "0123456789abcdef-analyst";

  private static final String GOLD =
      """
      CREATE ROLE medallion_reader LOGIN;
      CREATE SCHEMA gold;
      CREATE TABLE gold.ledger (silver_version bigint, merged_at timestamptz, newest_event timestamptz,
        newest_kafka timestamptz, retained_from timestamptz, bots bigint, late_dropped bigint);
      INSERT INTO gold.ledger VALUES (7, '2026-03-01 10:00:05Z', '2026-03-01 10:00:01Z',
        '2026-03-01 10:00:02Z', NULL, 3, 1);
      CREATE VIEW gold.watermark AS SELECT newest_kafka - interval '2 minutes' AS watermark FROM gold.ledger;
      CREATE TABLE gold.page_views (window_start timestamptz, page text COLLATE "C", views bigint,
        PRIMARY KEY (window_start, page));
      COMMENT ON TABLE gold.page_views IS 'Views by minute and page';
      COMMENT ON COLUMN gold.page_views.views IS 'Views';
      INSERT INTO gold.page_views VALUES
        ('2026-03-01 10:00Z', '/', 5), ('2026-03-01 10:00Z', '/a "b", c', 2),
        ('2026-03-01 10:01Z', '/', 7), ('2026-03-01 10:02Z', '', 1);
      CREATE TABLE gold.revenue (window_start timestamptz, currency text, revenue numeric(38, 6));
      INSERT INTO gold.revenue VALUES ('2026-03-01 10:00Z', 'EUR', 12345678901234567890.123456),
        ('2026-03-01 10:01Z', NULL, 0.100000);
      CREATE TABLE gold.visits (started timestamptz, channel text, device text, carts int, bought boolean,
        length interval);
      INSERT INTO gold.visits VALUES ('2026-03-01 10:00Z', 'Email', 'phone', 2, false, '1 minute'),
        ('2026-03-01 10:07Z', 'Email', 'desktop', 1, true, '2 minutes'), ('2026-03-02 10:00Z', NULL, 'phone', 0, true, '0'),
        ('2026-03-02 11:00Z', 'Paid Search', 'phone', 0, false, '4 minutes');
      CREATE TABLE gold.totals (visitors bigint);
      CREATE TABLE gold.checkouts (visitor text, reached int, reached__steps text[]);
      COMMENT ON COLUMN gold.checkouts.reached__steps IS E'State for merging, of the steps\n(a > 1)\n(b = ''x'')';
      CREATE TABLE gold.shops (site text, views bigint);
      INSERT INTO gold.shops VALUES ('shop-de', 3), ('shop-us', 5), ('shop-us', 6);
      CREATE TABLE gold.page_views__sets (bucket bigint);
      CREATE VIEW gold.slow AS SELECT now() AS at, pg_sleep(60)::text AS nap;
      GRANT USAGE ON SCHEMA gold TO medallion_reader;
      GRANT SELECT ON ALL TABLES IN SCHEMA gold TO medallion_reader;
      CREATE TABLE gold.secret (word text);
      """;

  private static EmbeddedPostgres postgres;

  @TempDir Path folder;

  private final FakeLake lake = new FakeLake();
  private Dashboard dashboard;

  @BeforeAll
  static void fill() throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    execute(GOLD);
  }

  @AfterAll
  static void stop() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void serve() {
    dashboard = Dashboard.start(configuration(Map.of()), 0, lake);
  }

  @AfterEach
  void end() {
    dashboard.close();
  }

  private static Configuration configuration(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put(
        "MEDALLION_POSTGRES_URL",
        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres");
    return Configuration.builder().environment(environment).build();
  }

  @Test
  void martsAndViewsAreListedAndWhatIsGoldsOwnIsNot() throws Exception {
    JsonNode marts = json("/api/v1/marts");

    assertThat(marts.findValuesAsText("name"))
        .contains("page_views", "revenue", "totals", "watermark")
        .doesNotContain("ledger", "page_views__sets", "secret");
    JsonNode views = find(marts, "page_views");
    assertThat(views.get("kind").asText()).isEqualTo("mart");
    assertThat(views.get("description").asText()).isEqualTo("Views by minute and page");
    assertThat(views.get("columns").toString())
        .isEqualTo(
            "[{\"name\":\"window_start\",\"type\":\"timestamp with time"
                + " zone\",\"description\":null,\"key\":true},{\"name\":\"page\",\"type\":\"text\",\"description\":null,\"key\":true},"
                + "{\"name\":\"views\",\"type\":\"bigint\",\"description\":\"Views\",\"key\":false}]");
    assertThat(find(marts, "watermark").get("kind").asText()).isEqualTo("view");
    assertThat(find(marts, "checkouts").get("funnels").toString())
        .isEqualTo("{\"reached\":[\"(a > 1)\",\"(b = 'x')\"]}");
    assertThat(views.get("funnels")).isEmpty();
  }

  @Test
  void rowsComeTheNewestFirstWithWhatTheyStandFor() throws Exception {
    JsonNode answer = json("/api/v1/marts/page_views");

    assertThat(answer.get("rows").toString())
        .startsWith(
            "[[\"2026-03-01T10:02:00+00:00\",\"\",1],[\"2026-03-01T10:01:00+00:00\",\"/\",7],");
    assertThat(answer.get("rows")).hasSize(4);
    assertThat(answer.get("truncated").asBoolean()).isFalse();
    JsonNode asOf = answer.get("as_of");
    assertThat(asOf.get("silver_version").asInt()).isEqualTo(7);
    assertThat(asOf.get("complete_until").asText()).isEqualTo("2026-03-01T09:58:02+00:00");
    assertThat(asOf.get("left_out").toString()).isEqualTo("{\"bots\":3,\"late_dropped\":1}");
    assertThat(json("/api/v1/freshness")).isEqualTo(asOf);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from=2026-03-01T10:01:00Z | 1 7",
        "to=2026-03-01T10:01:00Z | 2 5",
        "from=2026-03-01T10:01:00Z&to=2026-03-01T10:02:00Z | 7",
        "from=2026-03-01T11:01:00%2B01:00 | 1 7",
        "page=/ | 5 7",
        "page=%2Fa+%22b%22,+c | 2",
        "page= | 1",
        "views=7 | 7",
        "page='%20OR%201=1%20-- | ''",
        "columns=views&order=-views&limit=2 | 7 5",
        "order=page,-views&limit=1 | 1"
      })
  void rowsAreChosen(String parameters, String views) throws Exception {
    JsonNode answer = json("/api/v1/marts/page_views?" + parameters);

    List<String> found = new ArrayList<>();
    answer.get("rows").forEach(row -> found.add(row.get(row.size() - 1).asText()));
    if (!parameters.contains("order=")) {
      found.sort(null);
    }
    assertThat(String.join(" ", found)).isEqualTo(views);
    assertThat(answer.get("truncated").asBoolean()).isEqualTo(parameters.contains("limit="));
  }

  /** Counted by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "group=channel&measures=count,count(carts,bought),sum(bought)&order=-count,channel&limit=2 |"
            + " [[Email,2,1,1],[Paid Search,1,0,0]] | {groups:3,measures:[4,1,2]}",
        "group=device&measures=count(carts),avg(carts),max(carts),min(channel)&order=device |"
            + " [[desktop,1,1.0,1,Email],[phone,1,0.6666666666666666,2,Email]] |"
            + " {groups:2,measures:[2,0.75,2,Email]}",
        "group=started&every=1d&measures=sum(length)&order=started&from=2026-03-01&to=2026-03-02T11:00Z |"
            + " [[2026-03-01T00:00:00+00:00,00:03:00],[2026-03-02T00:00:00+00:00,00:00:00]] |"
            + " {groups:2,measures:[00:03:00]}",
        "group=started&every=5m&measures=count&order=started&limit=1&device=phone&channel~=MAIL |"
            + " [[2026-03-01T10:00:00+00:00,1]] | {groups:1,measures:[1]}",
        "measures=count,sum(carts) | [[4,3]] | ''",
        "measures=count&null=channel | [[1]] | ''",
        "measures=count&carts.from=1&carts.to=2 | [[1]] | ''",
        "group=channel&order=channel | [[Email],[Paid Search],[null]] | {groups:3,measures:[]}"
      })
  void groupsAreCountedAndWhatIsBehindTheLastOne(String parameters, String rows, String totals)
      throws Exception {
    JsonNode answer = json("/api/v1/marts/visits?" + parameters.strip());

    assertThat(answer.get("rows").toString().replace("\"", "")).isEqualTo(rows);
    assertThat(answer.path("totals").toString().replace("\"", "")).isEqualTo(totals);
  }

  @Test
  void numbersHaveAllTheirDigitsAndNullIsNoText() throws Exception {
    assertThat(ask("/api/v1/marts/revenue?columns=currency,revenue").body())
        .contains("[null, 0.100000]")
        .contains("[\"EUR\", 12345678901234567890.123456]");
  }

  @Test
  void csvHasAHeadlineAndQuotes() throws Exception {
    HttpResponse<String> answer =
        ask("/api/v1/marts/page_views?format=csv&columns=page,views&order=page,views");

    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
    assertThat(answer.body())
        .isEqualTo("page,views\r\n\"\",1\r\n/,5\r\n/,7\r\n\"/a \"\"b\"\", c\",2\r\n");
    assertThat(ask("/api/v1/marts/revenue?format=csv&columns=currency,revenue").body())
        .contains("\r\n,0.100000\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/marts/none | 404 | There is no mart 'none'",
        "/api/v1/marts/ledger | 404 | There is no mart 'ledger'",
        "/api/v1/marts/secret | 404 | There is no mart 'secret'",
        "/api/v1/marts/page_views?colour=red | 400 | page_views has no column 'colour'",
        "/api/v1/marts/page_views?columns=views,colour | 400 | page_views has no column 'colour'",
        "/api/v1/marts/page_views?order=-(SELECT+1) | 400 | page_views has no column '(SELECT 1)'",
        "/api/v1/marts/page_views?limit=0 | 400 | limit is '0'",
        "/api/v1/marts/page_views?limit=10001 | 400 | limit is '10001'",
        "/api/v1/marts/page_views?format=xml | 400 | format is 'xml'",
        "/api/v1/marts/page_views?page | 400 | 'page' has no value",
        "/api/v1/marts/page_views?page=a&page=b | 400 | 'page=b' is there twice",
        "/api/v1/marts/totals?from=2026-03-01 | 400 | totals has no column of times",
        "/api/v1/marts/visits?measures=median(carts) | 400 | 'median(carts)' is no measure",
        "/api/v1/marts/visits?measures=sum(channel) | 400 | 'sum(channel)' cannot be computed",
        "/api/v1/marts/visits?measures=sum(colour) | 400 | visits has no column 'colour'",
        "/api/v1/marts/visits?measures=max(1)%3B-- | 400 | 'max(1);--' is no measure",
        "/api/v1/marts/visits?group=started&every=1y | 400 | every is '1y'",
        "/api/v1/marts/visits?group=channel&columns=channel | 400 | columns do not go with group and measures",
        "/api/v1/marts/visits?null=colour | 400 | visits has no column 'colour'",
        "/api/v1/marts/visits?colour.from=1 | 400 | visits has no column 'colour'",
        "/api/v1/marts/visits?carts.over=1 | 400 | visits has no column 'carts.over'",
        "/api/v1/explain/lost?day=1 | 503 | There is no lake",
        "/api/v1/explain/broken?day=1 | 500 | It failed",
        "/api/v1/explain/totals?limit=1001 | 400 | limit is '1001'",
        "/api/v1/quarantine?from=today | 400 | 'today' is no day",
        "/api/v1/quarantine?colour=red | 400 | There is no parameter 'colour'",
        "/api/v1/nothing | 404 | There is nothing at /api/v1/nothing",
        "/api/v2/marts | 404 | There is nothing at /api/v2/marts"
      })
  void aWrongQuestionIsToldWhatIsRight(String path, int status, String title) throws Exception {
    HttpResponse<String> answer = ask(path);

    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("title").asText()).isEqualTo(title);
    assertThat(problem.get("detail").asText()).isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"views=many", "from=yesterday-ish"})
  void aValueOfAnotherTypeIsTheAskersMatter(String parameter) throws Exception {
    assertThat(ask("/api/v1/marts/page_views?" + parameter).statusCode()).isEqualTo(400);
  }

  @Test
  void nothingIsSentAgainUntilSomethingIsMerged() throws Exception {
    String tag = ask("/api/v1/marts/page_views").headers().firstValue("ETag").orElseThrow();

    assertThat(ask("/api/v1/marts/page_views", "If-None-Match", tag).statusCode()).isEqualTo(304);
    execute("UPDATE gold.ledger SET silver_version = 8");
    HttpResponse<String> again = ask("/api/v1/marts/page_views", "If-None-Match", tag);
    execute("UPDATE gold.ledger SET silver_version = 7");
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.headers().firstValue("ETag")).isPresent().isNotEqualTo(tag);
    assertThat(ask("/api/v1/marts/watermark").headers().firstValue("ETag")).isEmpty();
  }

  @Test
  void whatTakesTooLongIsEnded() throws Exception {
    MartReader impatient = new MartReader(configuration(Map.of()), Duration.ofMillis(200));

    assertThatThrownBy(() -> impatient.rows("slow", new MartQuery(Map.of())))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(503))
        .hasMessageContaining("longer than 200 ms");
  }

  @Test
  void whoFindsNoPlaceInTimeIsToldSo() throws Exception {
    List<Future<Integer>> answers = new ArrayList<>();
    ExecutorService askers = Executors.newFixedThreadPool(2);
    try {
      for (int i = 0; i < 2; i++) {
        answers.add(askers.submit(() -> status("/api/v1/explain/slow?day=1")));
      }
      await().until(() -> lake.answers.getQueueLength() == 2);
      HttpResponse<String> third = ask("/api/v1/explain/totals?day=1");
      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(third.body()).contains("As many questions as may be", "Ask again");
      assertThat(status("/api/v1/freshness")).as("what needs no lake").isEqualTo(200);
    } finally {
      lake.answers.release(2);
      askers.shutdown();
    }
    for (Future<Integer> answer : answers) {
      assertThat(answer.get()).isEqualTo(200);
    }
  }

  @Test
  void thePathsThatAreDescribedAnswer() throws Exception {
    JsonNode description = json("/api/openapi.json");

    description
        .get("paths")
        .fieldNames()
        .forEachRemaining(
            path ->
                assertThat(status(path.replace("{mart}", "totals").replaceAll("[{][a-z]+[}]", "1")))
                    .as(path)
                    .isEqualTo(200));
    assertThat(description.get("paths")).hasSize(6);
  }

  @Test
  void onlyReadingIsAnswered() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(dashboard.url() + "api/v1/marts"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build(),
                BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(405);
    HttpResponse<String> head =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(dashboard.url() + "api/v1/marts"))
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build(),
                BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void fromAnotherMachineATokenIsNeeded() throws Exception {
    String tokens = "# readers\nanalyst: " + TOKEN + "\n";
    try (Dashboard open = elsewhere(Map.of("MEDALLION_DASHBOARD_TOKENS", tokens));
        Dashboard closed = elsewhere(Map.of())) {
      for (String path : List.of("api/v1/marts", "events?range=15m")) {
        assertThat(statusOf(open, path, null)).isEqualTo(401);
        assertThat(statusOf(open, path, TOKEN + "x")).isEqualTo(401);
        assertThat(statusOf(open, path, "")).isEqualTo(401);
        assertThat(statusOf(open, path, TOKEN)).isEqualTo(200);
        assertThat(statusOf(closed, path, TOKEN)).isEqualTo(401);
      }
      // A container's, whose port is published for its own machine.
      try (Dashboard local = elsewhere(Map.of("MEDALLION_DASHBOARD_LOCAL", "true"))) {
        assertThat(statusOf(local, "api/v1/marts", null)).isEqualTo(200);
        assertThat(statusOf(local, "events?range=15m", null)).isEqualTo(200);
      }
      // The page itself holds no number, and asks for the token.
      assertThat(statusOf(closed, "", null)).isEqualTo(200);
    }
  }

  @Test
  void whoHasATokenOfOneSiteIsShownNoOther() throws Exception {
    Path file = Files.writeString(folder.resolve("tokens"), "us @ shop-us: " + TOKEN + "\n");
    try (Dashboard open = elsewhere(Map.of("MEDALLION_DASHBOARD_TOKENS_FILE", file.toString()))) {
      for (String asked : List.of("", "&site=shop-us")) {
        JsonNode answer =
            JSON.readTree(answerOf(open, "api/v1/marts/shops?order=views" + asked, TOKEN).body());
        assertThat(answer.get("rows").toString()).isEqualTo("[[\"shop-us\",5],[\"shop-us\",6]]");
      }
      assertThat(answerOf(open, "api/v1/marts/shops?measures=sum(views)&format=csv", TOKEN).body())
          .endsWith("11\r\n");
      for (String other :
          List.of(
              "marts/shops?site=shop-de",
              "marts/totals",
              "marts/page_views?views=1",
              "quarantine",
              "explain/shops?site=shop-us")) {
        assertThat(statusOf(open, "api/v1/" + other, TOKEN)).as(other).isEqualTo(403);
      }
      HttpResponse<String> answer = answerOf(open, "api/v1/marts/shops", TOKEN);
      assertThat(answer.body()).doesNotContain("left_out");
      assertThat(answerOf(open, "api/v1/freshness", TOKEN).body()).doesNotContain("left_out");
      // What a browser has kept of another token's answer is not taken for this one's.
      assertThat(answer.headers().firstValue("Vary")).contains("Authorization");
      assertThat(answer.headers().firstValue("ETag").orElseThrow())
          .isNotEqualTo(ask("/api/v1/marts/shops").headers().firstValue("ETag").orElseThrow());
      assertThat(statusOf(open, "api/v1/marts/nowhere", TOKEN)).isEqualTo(404);
      assertThat(
              JSON.readTree(answerOf(open, "api/v1/marts/shops?null=site", TOKEN).body())
                  .get("rows"))
          .isEmpty();
    }
  }

  private static Dashboard elsewhere(Map<String, String> settings) throws Exception {
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("MEDALLION_DASHBOARD_HOST", InetAddress.getByName("0.0.0.0").getHostAddress());
    return Dashboard.start(configuration(environment), 0, new FakeLake());
  }

  /** Of a stream the head alone: it has no end. */
  private static int statusOf(Dashboard dashboard, String path, String token) throws Exception {
    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient()
            .send(requestOf(dashboard, path, token), BodyHandlers.ofInputStream());
    answer.body().close();
    return answer.statusCode();
  }

  private static HttpResponse<String> answerOf(Dashboard dashboard, String path, String token)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(requestOf(dashboard, path, token), BodyHandlers.ofString());
  }

  private static HttpRequest requestOf(Dashboard dashboard, String path, String token) {
    String port = dashboard.url().replaceFirst(".*:(\\d+)/", "$1");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/" + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  private static JsonNode find(JsonNode marts, String name) {
    for (JsonNode mart : marts) {
      if (mart.get("name").asText().equals(name)) {
        return mart;
      }
    }
    throw new AssertionError(name + " is not listed");
  }

  private int status(String path) {
    try {
      return ask(path).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> answer = ask(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> ask(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(dashboard.url() + path.substring(1)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
