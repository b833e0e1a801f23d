package io.medallion.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.demo.services.PostgresServer;
import io.medallion.e2e.pipeline.BronzeRows;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What {@code medallion marts} says of files, and what it drops. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MartsCommandIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  private static final String REFUSED =
      "SELECT page,\n  median(price) AS m FROM silver GROUP BY ALL";

  @TempDir static Path home;
  private static PostgresServer postgres;
  private static Path marts;

  private record Outcome(int code, String out, String err) {}

  @BeforeAll
  static void start() throws Exception {
    postgres = PostgresServer.start(home.resolve("postgres"), 0);
    marts = Files.createDirectories(home.resolve("marts"));
    write("pages.sql", "-- Events of a page\nSELECT page, count(*) AS n FROM silver GROUP BY ALL");
    write("busy.view.sql", "SELECT page FROM pages WHERE n > 5");
    write(
        "reached.sql",
        "SELECT site, visitor, funnel(page = '/0', page LIKE '%1') AS steps FROM silver GROUP BY ALL");
    try (SparkSession spark =
        LakeSession.create(
            "MartsCommandIT", Configuration.builder().flag("spark.master", "local[2]").build())) {
      Lake lake = Lake.open(spark, configuration());
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        // Two hours and a half; the newest hour has eight of them, the newest one included.
        events.add(
            "{\"event_id\":\"e%d\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"page\":\"/%d\"}"
                .formatted(i, Instant.parse("2026-03-01T10:00:00Z").plusSeconds(480L * i), i % 2));
      }
      BronzeRows.land(lake, events, 1, 0, KAFKA_TIME);
      try (Layer silver = SilverJob.start(lake, configuration(), true)) {
        silver.await();
        assertThat(silver.failure()).isEmpty();
      }
      gold(lake);
    }
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  private static void gold(Lake lake) throws InterruptedException {
    try (Layer gold = GoldJob.start(lake, configuration(), true)) {
      gold.await();
      assertThat(gold.failure()).isEmpty();
    }
  }

  private static Configuration configuration() {
    return BronzeRows.configured(home.resolve("lake"), postgres)
        .flag("gold.marts", marts.toString())
        .build();
  }

  @Test
  @Order(1)
  void anAssistantAsksMartsAndWhereANumberComesFrom() throws IOException {
    String asked =
        """
        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}
        {"jsonrpc":"2.0","method":"notifications/initialized"}
        {"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_marts"}}
        {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"read_mart","arguments":\
        {"mart":"pages","where":{"page":"/1"},"columns":["n"]}}}
        {"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"explain","arguments":\
        {"mart":"pages","key":["/1"],"limit":2}}}
        {"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"explain","arguments":\
        {"mart":"pages","key":["/none"]}}}
        {"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"read_mart","arguments":\
        {"mart":"pages","group":["page"],"measures":["count","sum(n)"],"order":["-sum(n)","page"],"limit":1}}}
        {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read_mart","arguments":\
        {"mart":"reached","where":{"steps.from":2},"group":["visitor"],"measures":["count","max(steps)"]}}}
        {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"read_mart","arguments":\
        {"mart":"pages","measures":["median(n)"]}}}
        {"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"freshness"}}
        """;
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(asked.getBytes(StandardCharsets.UTF_8)));
    List<JsonNode> answers = new ArrayList<>();
    try {
      Outcome outcome = command("mcp");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      for (String line : outcome.out().lines().toList()) {
        answers.add(new ObjectMapper().readTree(line));
      }
    } finally {
      System.setIn(before);
    }

    assertThat(answers).hasSize(9);
    assertThat(answers.get(0).at("/result/serverInfo/name").asText()).isEqualTo("medallion");
    assertThat(told(answers.get(1)).findValuesAsText("name")).contains("pages", "busy", "n");
    assertThat(told(answers.get(2)).get("rows").toString()).isEqualTo("[[10]]");
    assertThat(told(answers.get(2)).at("/as_of/silver_version").asLong()).isPositive();
    assertThat(told(answers.get(3)).get("events").asLong()).isEqualTo(10);
    assertThat(told(answers.get(3)).get("first")).hasSize(2);
    assertThat(answers.get(4).at("/result/isError").asBoolean()).isTrue();
    JsonNode groups = told(answers.get(5));
    assertThat(groups.get("rows").toString()).isEqualTo("[[\"/0\",1,10]]");
    assertThat(groups.get("truncated").asBoolean()).isTrue();
    assertThat(groups.get("totals").toString()).isEqualTo("{\"groups\":2,\"measures\":[2,20]}");
    assertThat(told(answers.get(1)).findValue("steps").toString())
        .as("what the steps of a funnel are")
        .isEqualTo("[\"(page = '/0')\",\"page LIKE '%1'\"]");
    assertThat(told(answers.get(6)).get("rows").toString()).isEqualTo("[[\"u\",1,2]]");
    assertThat(answers.get(7).at("/result/isError").asBoolean()).isTrue();
    assertThat(answers.get(7).at("/result/content/0/text").asText())
        .contains("'median(n)' is no measure");
    assertThat(told(answers.get(8)).get("complete_until").asText()).isNotBlank();
  }

  private static JsonNode told(JsonNode answer) throws IOException {
    assertThat(answer.at("/result/isError").asBoolean()).as(answer.toString()).isFalse();
    return new ObjectMapper().readTree(answer.at("/result/content/0/text").asText());
  }

  @Test
  @Order(1)
  void listHasMartsOfFilesAndClassesAndViews() throws IOException {
    Map<String, JsonNode> entries = json(0, "list");

    assertThat(entries).containsKeys("page_views", "sessions", "pages", "busy", "user_events");
    JsonNode pages = entries.get("pages");
    assertThat(pages.get("state").asText()).isEqualTo("KEPT");
    assertThat(pages.get("file").asText()).isEqualTo(marts.resolve("pages.sql").toString());
    assertThat(pages.get("rows").asLong()).isEqualTo(2);
    assertThat(pages.get("bytes").asLong()).isPositive();
    assertThat(pages.get("silver_version").asLong()).isPositive();
    assertThat(entries.get("page_views").get("file").asText())
        .isEqualTo("sql/marts/page_views.sql");
    assertThat(entries.get("silver_days").get("kind").asText()).isEqualTo("CLASS");
    assertThat(entries.get("sessions").get("state").asText()).isEqualTo("KEPT");
    assertThat(entries.get("user_events").get("state").asText()).isEqualTo("OFF");
    assertThat(entries.get("busy").get("kind").asText()).isEqualTo("VIEW");
    assertThat(entries.get("busy").get("state").asText()).isEqualTo("KEPT");

    assertThat(run("diff").out()).containsPattern("pages .*pages.sql +same +nothing");
  }

  @Test
  @Order(2)
  void checkSaysWhatAFileBecomesAndItsRowsOfTheNewestHour() throws Exception {
    Path file =
        write(
            "tried.sql",
            """
            -- Tried
            SELECT
              window(event_time, '1 hour').start AS hour,
              site,
              page,
              count(*) AS events,
              avg(quantity) AS pieces,
              count(DISTINCT visitor) AS users
            FROM silver
            GROUP BY ALL
            """);
    Map<String, String> before = everything();

    Outcome shown = run("check", file.toString());

    assertThat(shown.code()).isZero();
    assertThat(shown.out())
        .contains("gold.tried: Tried", "windows of 1 hour", "sets    gold.tried__users")
        .containsPattern("page +text COLLATE \"C\" +key ")
        .containsPattern("events +bigint +measure +events = kept.events \\+ new.events")
        .containsPattern("users +bigint +measure +size of the union")
        // The newest event is of 12:32, and the hour before it begins after 11:32.
        .contains("after 2026-03-01T11:32:00Z, up to 2026-03-01T12:32:00Z")
        .containsPattern("2026-03-01 11:00:00 +\\S+ +/0 +2 +1")
        .containsPattern("2026-03-01 11:00:00 +\\S+ +/1 +1 +1")
        .containsPattern("2026-03-01 12:00:00 +\\S+ +/0 +2 +1")
        .containsPattern("2026-03-01 12:00:00 +\\S+ +/1 +3 +1");
    assertThat(run("check", file.toString(), "--limit", "1").out()).contains("--limit for more");
    assertThat(everything()).isEqualTo(before);
    Files.delete(file);
  }

  @Test
  @Order(3)
  void checkSaysWhyAFileCannotBeKept() throws IOException {
    Path file = write("refused.sql", REFUSED);

    Outcome shown = run("check", file.toString());

    assertThat(shown.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(shown.out())
        .contains("refused.sql:2:3: median cannot be kept", "reason: A percentile of two parts")
        .contains("remedy: Kept are count");
    assertThat(run("check", marts.resolve("busy.view.sql").toString()).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(run("check", "nowhere.sql").out()).contains("The file cannot be read");
    Map<String, JsonNode> list = json(ExitCode.FAILURE, "list");
    assertThat(list.get("refused").get("state").asText()).isEqualTo("REFUSED");
    assertThat(list.get("refused").get("refused").get("line").asInt()).isEqualTo(2);
    Files.delete(file);
  }

  @Tag("full")
  @Test
  @Order(4)
  void diffSaysWhatGoldsNextStartDoes() throws Exception {
    write("pages.sql", "SELECT page, count(*) + 0 AS n FROM silver GROUP BY ALL");
    write("added.sql", "SELECT site, visitor, count(*) AS n FROM silver GROUP BY ALL");
    Files.delete(marts.resolve("busy.view.sql"));

    Map<String, JsonNode> diff = json(0, "diff");

    assertThat(change(diff, "pages")).isEqualTo("CHANGED");
    assertThat(change(diff, "added")).isEqualTo("NEW");
    assertThat(change(diff, "busy")).isEqualTo("GONE");
    assertThat(change(diff, "revenue")).isEqualTo("SAME");
    assertThat(diff.get("added").get("then").asText()).contains("from silver's history");

    write("pages.sql", "-- Otherwise\nSELECT page, count(*) AS n FROM silver GROUP BY ALL");
    Files.delete(marts.resolve("added.sql"));
    assertThat(change(json(0, "diff"), "pages")).isEqualTo("COMMENTS");
    write("refused.sql", REFUSED);
    try (SparkSession spark =
        LakeSession.create(
            "MartsCommandIT", Configuration.builder().flag("spark.master", "local[2]").build())) {
      gold(Lake.open(spark, configuration()));
    }
    assertThat(command("status").out())
        .contains("! " + marts.resolve("refused.sql") + ":2:3: median cannot be kept; `medallion");
    Files.delete(marts.resolve("refused.sql"));
    assertThat(change(json(0, "diff"), "pages")).isEqualTo("SAME");
    assertThat(texts("SELECT obj_description('gold.pages'::regclass)"))
        .containsExactly("Otherwise");
  }

  @Tag("full")
  @Test
  @Order(5)
  void dropRemovesOnlyWhatHasNoFile() throws Exception {
    for (String name : List.of("pages", "revenue", "sessions", "nothing")) {
      assertThat(run("drop", name, "--apply").code()).as(name).isEqualTo(ExitCode.USAGE);
    }
    assertThat(texts("SELECT count(*) FROM gold.pages")).containsExactly("2");
    Files.delete(marts.resolve("pages.sql"));
    Map<String, String> before = everything();

    Outcome plan = run("drop", "pages");
    assertThat(plan.code()).isZero();
    assertThat(plan.out()).contains("would drop gold.pages with 2 rows", ApplyOption.PLAN_ONLY);
    Outcome held = run("drop", "pages", "--apply");
    assertThat(held.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(held.err()).contains("view gold.busy depends on table gold.pages");
    assertThat(everything()).isEqualTo(before);

    assertThat(run("drop", "busy", "--apply").out()).contains("dropped gold.busy");
    assertThat(run("drop", "pages", "--apply").out()).contains("dropped gold.pages");
    assertThat(
            texts(
                "SELECT c.oid::regclass::text FROM pg_class AS c WHERE relname IN ('pages',"
                    + " 'busy')"))
        .isEmpty();
    assertThat(texts("SELECT mart FROM gold.marts WHERE mart = 'pages'")).isEmpty();
    assertThat(texts("SELECT mart FROM gold.definitions WHERE mart = 'pages'")).isEmpty();
    assertThat(run("drop", "pages").code()).isEqualTo(ExitCode.USAGE);
  }

  private static String change(Map<String, JsonNode> diff, String mart) {
    return diff.get(mart).get("change").asText();
  }

  private static Map<String, JsonNode> json(int code, String... command) throws IOException {
    Outcome outcome = run(with(command, "--json"));
    assertThat(outcome.code()).as(outcome.toString()).isEqualTo(code);
    Map<String, JsonNode> lines = new TreeMap<>();
    for (String line : outcome.out().lines().toList()) {
      JsonNode node = new ObjectMapper().readTree(line);
      lines.put(node.get("name").asText(), node);
    }
    return lines;
  }

  private static Outcome run(String... command) {
    return command(with(new String[] {"marts"}, command));
  }

  private static Outcome command(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandContext context =
        new CommandContext(
            home,
            Map.of(
                "MEDALLION_POSTGRES_PASSWORD", postgres.writer().password(),
                "MEDALLION_POSTGRES_OWNER_PASSWORD", postgres.owner().password(),
                "MEDALLION_POSTGRES_READER_PASSWORD", postgres.reader().password()),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false);
    String[] all =
        with(
            command,
            "--lake.path=" + home.resolve("lake"),
            "--spark.master=local[2]",
            "--postgres.url=" + postgres.url(),
            "--postgres.user=" + postgres.writer().user(),
            "--postgres.owner.user=" + postgres.owner().user(),
            "--postgres.reader.user=" + postgres.reader().user(),
            "--gold.marts=" + marts);
    return new Outcome(Medallion.run(context, all), out.toString(), err.toString());
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
  }

  private static Path write(String file, String text) throws IOException {
    return Files.writeString(marts.resolve(file), text);
  }

  /** Every file of the lake, and every row and relation of gold that a command could touch. */
  private static Map<String, String> everything() throws IOException, SQLException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(home.resolve("lake"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
    }
    all.put("marts", texts("SELECT m::text FROM gold.marts AS m ORDER BY 1").toString());
    all.put(
        "definitions", texts("SELECT d::text FROM gold.definitions AS d ORDER BY 1").toString());
    all.put("views", texts("SELECT v::text FROM gold.mart_views AS v ORDER BY 1").toString());
    all.put(
        "relations",
        texts(
                "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n"
                    + " ON n.oid = relnamespace WHERE nspname LIKE 'gold%' ORDER BY 1")
            .toString());
    return all;
  }

  private static List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
