package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.query.Query;
import io.medallion.operations.query.TableDiff;
import io.medallion.operations.query.TableDiff.Change;
import io.medallion.operations.query.TableDiff.Kind;
import io.medallion.operations.query.TableHistory;
import io.medallion.operations.query.TableHistory.Entry;
import io.medallion.silver.SilverJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asking the tables, and what their versions did: two batches, and a backfill by a strict rule. */
class LookIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Configuration configuration;
  private static Lake lake;
  private static Query query;

  /** Version 0 of silver makes it, 1 and 2 are batches, 3 takes event b away. */
  @BeforeAll
  static void fill() throws Exception {
    postgres = SharedPostgres.empty();
    configuration = BronzeRows.configuration(folder.resolve("lake"), postgres);
    spark =
        LakeSession.create(
            "LookIT", Configuration.builder().flag("spark.master", "local[2]").build());
    BatchProfile.LOW_LATENCY.apply(spark);
    lake = Lake.open(spark, configuration);
    BronzeRows.land(
        lake,
        List.of(event("a", "/x"), event("b", "/" + "long".repeat(30)), "{broken"),
        1,
        0,
        KAFKA_TIME);
    run(SilverJob::start);
    BronzeRows.land(lake, List.of(event("c", "/x")), 2, 3, KAFKA_TIME);
    run(SilverJob::start);
    Configuration strict =
        BronzeRows.configured(folder.resolve("lake"), postgres)
            .flag("silver.max-string-size", "64B")
            .build();
    Backfill.of(lake, strict).apply(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-01"));
    run(GoldJob::start);
    query = new Query(lake, configuration);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void aQueryReadsEveryTableByNameAndAsItWas() {
    assertThat(answer("select event_id from silver order by 1")).containsExactly("a", "c");
    assertThat(answer("select event_id from silver version as of 2 order by 1"))
        .containsExactly("a", "b", "c");
    assertThat(answer("select count(*) from silver timestamp as of '%s'".formatted(second())))
        .containsExactly("3");
    assertThat(
            answer(
                "with q as (select cast(value as string) as text from quarantine) select q.text"
                    + " from q join bronze b on q.text = cast(b.value as string) where q.text like"
                    + " '{bro%'"))
        .containsExactly("{broken");
    assertThat(answer("select page || ' ' || views from gold.page_views")).containsExactly("/x 2");
    assertThat(
            answer(
                "select count(*) from silver where visitor in (select visitor from gold.sessions)"))
        .containsExactly("2");
  }

  @Test
  void nothingButAQueryIsRun() {
    long before = lake.table(TableDefinition.SILVER).version();
    for (String sql :
        List.of(
            "delete from silver",
            "execute immediate 'delete from silver'",
            "insert into gold.page_views select * from gold.page_views",
            "drop table gold.page_views",
            "delete from gold.page_views",
            "call gold.system.execute('drop table gold.page_views')",
            "select * from gold.page_views with ('sessionInitStatement' = 'drop table"
                + " gold.page_views')",
            "select * from gold.gold.page_views",
            "select * from gold.pg_catalog.pg_authid",
            "set spark.sql.catalog.gold.user = postgres",
            "select reflect('java.lang.System', 'exit', 3)")) {
      assertThatThrownBy(() -> query.rows(sql).collectAsList())
          .as(sql)
          .isInstanceOfSatisfying(
              MedallionException.class,
              e -> assertThat(e.code()).as(sql).isEqualTo(ErrorCode.QUERY_REFUSED));
    }
    assertThat(lake.table(TableDefinition.SILVER).version()).isEqualTo(before);
    assertThat(answer("select count(*) from gold.page_views")).containsExactly("1");
  }

  /** Texts are ordered by Spark, whatever Postgres does. */
  @Test
  void goldIsReadLikeAnyTable() {
    assertThat(answer("select max(v.views) from gold.page_views v where v.page = '/x'"))
        .containsExactly("2");
    assertThat(answer("select gold.page_views.page from gold.page_views order by 1 limit 1"))
        .containsExactly("/x");
    assertThat(
            query.rows("show tables").collectAsList().stream()
                .map(row -> row.getString(0) + " " + row.getString(1)))
        .contains(" silver", "gold page_views", "gold sessions");
    assertThat(answer("describe gold.page_views")).contains("window_start", "page", "views");
    assertThat(answer("explain select * from gold.page_views"))
        .noneMatch(line -> line.contains(postgres.writer().password()));
  }

  @Test
  void aWrongQuerySaysWhatIsWrong() {
    assertThat(wrong("selec 1")).contains("selec");
    assertThat(wrong("select event_idd from silver")).contains("event_idd", "event_id");
    assertThat(wrong("select * from slver")).contains("slver");
    assertThat(wrong("select * from gold.page_view")).contains("page_views");
  }

  @Test
  void historySaysWhatEachVersionDid() {
    List<Entry> silver = TableHistory.of(lake.folder(), "silver").newest(3);
    assertThat(silver).extracting(Entry::version).containsExactly(3L, 2L, 1L);
    assertThat(silver.get(0).what()).startsWith("rewrite ").contains("2026-03-01");
    assertThat(silver.get(0).filesRemoved()).isPositive();
    assertThat(silver.get(1).what()).isEqualTo("silver batch 2");
    assertThat(silver.get(1).rows()).isEqualTo(1);
    assertThat(silver.get(1).position()).isEqualTo(Map.of("bronze commit", 2L));
    assertThat(silver.get(2).rows()).isEqualTo(2);
    assertThat(silver.get(2).at()).isBefore(silver.get(1).at());
    assertThat(TableHistory.of(lake.folder(), "bronze").newest(50))
        .extracting(Entry::what)
        .containsExactly("bronze batch 2", "bronze batch 1", "CREATE TABLE");
  }

  @Test
  void diffNamesTheRowsThatDiffer() {
    TableDiff added = TableDiff.of(lake, spark, "silver", 1, 2, 10);
    assertThat(List.of(added.rowsBefore(), added.rowsAfter())).containsExactly(2L, 3L);
    assertThat(added.rows()).containsExactly(new Change(Kind.ADDED, "t/0/3", "c", List.of()));
    TableDiff all = TableDiff.of(lake, spark, "silver", 3, 1, 1);
    assertThat(List.of(all.added(), all.removed(), all.changed())).containsExactly(1L, 1L, 0L);
    assertThat(all.rows()).containsExactly(new Change(Kind.REMOVED, "t/0/1", "b", List.of()));
    assertThatThrownBy(() -> TableDiff.of(lake, spark, "silver", 3, 9, 1))
        .hasMessageContaining("no version 9");
    assertThatThrownBy(() -> TableDiff.of(lake, spark, "silber", 0, 1, 1))
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.reason()).contains("silver"));
  }

  /**
   * What needs the lake's files, Postgres or Spark's parser alone starts no Spark, which takes
   * seconds: each in a process of its own that writes down the classes that it loads.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | silver version 3                | status
          0 | silver batch 2                  | history silver
          0 | MALFORMED_JSON                  | quarantine list
          0 | {broken                         | quarantine show t/0/2
          2 | selec                           | query selec 1
          2 | Did you mean silver?            | query select * from sliver
          2 | Did you mean gold.page_views?   | query select * from gold.page_view
          2 | Did you mean gold.page_views?   | query select * from page_views
          2 | does more than read             | query delete from silver
          """)
  void aLookStartsNoSpark(int code, String answer, String line) throws Exception {
    Path classes = folder.resolve("classes of " + line.replaceAll("\\W+", "-") + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xlog:class+load:file=" + classes,
            "-cp",
            System.getProperty("java.class.path"),
            "io.medallion.cli.Medallion");
    builder.command().addAll(List.of(line.split(" ")));
    builder.command().add("--lake.path=" + folder.resolve("lake"));
    builder.command().add("--postgres.url=" + postgres.url());
    builder.environment().put("MEDALLION_HOME", folder.toString());
    builder.environment().put("MEDALLION_POSTGRES_USER", postgres.writer().user());
    builder.environment().put("MEDALLION_POSTGRES_PASSWORD", postgres.writer().password());
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(code);
    assertThat(said).contains(answer);
    assertThat(Files.readString(classes))
        .contains("io.medallion.cli.Medallion ")
        // Every session has one, and nothing else.
        .doesNotContain("org.apache.spark.scheduler.TaskSchedulerImpl ");
  }

  private static List<String> answer(String sql) {
    return query.rows(sql).collectAsList().stream()
        .map((Row row) -> row.get(0).toString())
        .toList();
  }

  private static Instant second() {
    return TableHistory.of(lake.folder(), "silver").newest(10).get(1).at();
  }

  private static String wrong(String sql) {
    try {
      query.rows(sql);
      return "nothing";
    } catch (MedallionException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.QUERY_INVALID);
      return e.explain();
    }
  }

  private static void run(LayerLauncher.Start job) throws InterruptedException {
    try (Layer layer = job.start(lake, configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static String event(String id, String page) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"page\":\"%s\"}"
        .formatted(id, page);
  }
}
