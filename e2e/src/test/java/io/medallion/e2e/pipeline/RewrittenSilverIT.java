package io.medallion.e2e.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that replace rows of a real silver table, and what gold makes of them. */
class RewrittenSilverIT {
  private static final Instant START = Instant.parse("2026-03-01T22:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(9 * 86_400L);
  private static final List<String> TABLES =
      List.of(
          "page_views",
          "active_users",
          "active_users__users",
          "event_counts",
          "revenue",
          "sessions",
          "daily_users",
          "silver_days");

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Configuration configuration;
  private static Lake lake;
  private static long landed;
  private static long seq;

  @BeforeAll
  static void start() {
    postgres = PostgresServer.start(folder.resolve("postgres"), 0);
    spark =
        LakeSession.create(
            "RewrittenSilverIT", Configuration.builder().flag("spark.master", "local[2]").build());
    configuration = BronzeRows.configuration(folder.resolve("lake"), postgres);
    lake = Lake.open(spark, configuration);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    postgres.close();
  }

  @Test
  @Tag("full")
  void goldReplacesWhatAMarkedRewriteReplacedAndStopsAtAnUnmarkedOne() throws Exception {
    Random random = new Random(4);
    land(random, 150);
    silver();
    assertThat(gold(Optional.empty())).isNull();
    LakeTable silver = lake.table(TableDefinition.SILVER);
    long before = silver.version();

    land(random, 60);
    silver();
    replace(silver, "2026-03-02");
    land(random, 60);
    silver();
    spark.sql("OPTIMIZE delta.`%s`".formatted(silver.path()));
    assertThat(gold(Optional.empty())).isNull();

    List<String> live = goldRows();
    assertThat(live).anyMatch(row -> row.contains("/rewritten"));
    for (Set<String> marts : List.of(Set.of("sessions", "active_users"), Set.<String>of())) {
      assertThat(gold(Optional.of(marts))).isNull();
      assertThat(goldRows()).isEqualTo(live);
    }
    assertThat(MedallionException.in(gold(Optional.of(Set.of("sesions")))).code())
        .isEqualTo(ErrorCode.USAGE);

    // By hand, back to where it was: silver's position would stay ahead of its rows.
    spark.sql("RESTORE TABLE delta.`%s` TO VERSION AS OF %d".formatted(silver.path(), before));
    Throwable failure = gold(Optional.empty());
    assertThat(MedallionException.in(failure).code()).isEqualTo(ErrorCode.LAKE_UNMARKED_REWRITE);
    assertThat(goldRows()).isEqualTo(live);
  }

  /** Of a day, a third of the rows go, a third change, and one comes twice under another id. */
  private static void replace(LakeTable silver, String day) {
    Dataset<Row> rows =
        silver
            .rowsAt(spark, silver.version())
            .where(col("event_date").equalTo(day))
            .withColumn("share", pmod(xxhash64(col("event_id")), lit(3)))
            .where("share > 0")
            .withColumn("page", when(col("share").equalTo(1), "/rewritten").otherwise(col("page")))
            .drop("share");
    Dataset<Row> added =
        rows.limit(1).withColumn("event_id", lit("new")).withColumn("visitor", lit("new"));
    List<Row> collected = new ArrayList<>(rows.collectAsList());
    collected.addAll(added.collectAsList());
    spark
        .createDataFrame(collected, rows.schema())
        .write()
        .format("delta")
        .mode("overwrite")
        .option("replaceWhere", "event_date = '" + day + "'")
        .option(
            "userMetadata",
            "{\"medallion\":\"rewrite\",\"id\":\"r\",\"days\":[\"%s\"]}".formatted(day))
        .save(silver.path());
  }

  /** Visits that come and go around two midnights. */
  private static void land(Random random, int count) {
    List<String> events = new ArrayList<>();
    String[] types = {"page_view", "page_view", "add_to_cart", "purchase"};
    for (int i = 0; i < count; i++) {
      Instant time =
          START.plusSeconds(random.nextInt(28 * 3_600)).plusNanos(random.nextInt(1_000) * 1_000L);
      events.add(
          """
          {"event_id":"e%d","timestamp":"%s","user_id":"u%d","event_type":"%s","page":"/p/%d","price":%d,"currency":"EUR"}"""
              .formatted(
                  landed + i,
                  time,
                  random.nextInt(6),
                  types[random.nextInt(types.length)],
                  random.nextInt(4),
                  random.nextInt(90)));
    }
    BronzeRows.land(lake, events, ++seq, landed, KAFKA_TIME);
    landed += count;
  }

  private static void silver() throws InterruptedException {
    try (Layer layer = SilverJob.start(lake, configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  /** Why gold stopped; null if it did what it had to. */
  private static Throwable gold(Optional<Set<String>> rebuild) throws InterruptedException {
    try (Layer layer = GoldJob.start(lake, configuration, true, rebuild)) {
      layer.await();
      return layer.failure().orElse(null);
    }
  }

  private static List<String> goldRows() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement()) {
      for (String table : TABLES) {
        try (ResultSet result =
            statement.executeQuery(
                "SELECT t::text FROM gold." + table + " t ORDER BY t::text COLLATE \"C\"")) {
          while (result.next()) {
            rows.add(table + " " + result.getString(1));
          }
        }
      }
    }
    return rows;
  }
}
