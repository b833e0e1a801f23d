package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction and clean-up of real tables, next to live layers and for layers that lag. */
@Tag("full")
class MaintainIT {
  private static final long SEED = 11;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(9 * 86_400L);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Configuration configuration;
  private static Lake lake;

  private final Random random = new Random(SEED);
  private final Set<String> landed = new HashSet<>();
  private final List<String> recent = new ArrayList<>();
  private long offset;
  private long seq;

  @BeforeAll
  static void start() {
    System.out.println("MaintainIT seed " + SEED);
    postgres = PostgresServer.start(folder.resolve("postgres"), 0);
    spark =
        LakeSession.create(
            "MaintainIT", Configuration.builder().flag("spark.master", "local[2]").build());
    BatchProfile.LOW_LATENCY.apply(spark);
    configuration =
        BronzeRows.configured(folder.resolve("lake"), postgres)
            .flag("freshness", "200ms")
            .flag("maintenance.partition-idle-time", "1s")
            .build();
    lake = Lake.open(spark, configuration);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    postgres.close();
  }

  @Test
  void filesStayFewBesideLiveLayersAndWhatALaggingLayerNeedsStays() throws Exception {
    LakeTable bronze = lake.table(TableDefinition.BRONZE);
    LakeTable silver = lake.table(TableDefinition.SILVER);

    compactsBesideLiveLayers(bronze, silver);
    keepsWhatGoldHasNotRead(silver);
    removesWhatNobodyNeeds(bronze, silver);
  }

  private void compactsBesideLiveLayers(LakeTable bronze, LakeTable silver) throws Exception {
    land(5);
    try (Layer silverLayer = SilverJob.start(lake, configuration, false);
        Layer goldLayer = GoldJob.start(lake, configuration, false)) {
      land(110, 4);
      CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> land(20, 4));
      maintenance(Duration.ZERO).apply();
      traffic.join();
      await().atMost(PATIENCE).until(() -> pageViews() == landed.size());
      assertThat(silverLayer.failure()).isEmpty();
      assertThat(goldLayer.failure()).isEmpty();
    }
    long old = silver.version();
    long oldRows = silver.rowsAt(spark, old).count();

    MaintenanceReport report = maintenance(Duration.ofMinutes(1)).apply();

    // Two days became fewer files, in one version.
    assertThat(report.tables().get(1).compacted()).hasSize(2);
    assertThat(silver.version()).isEqualTo(old + 1);
    assertThat(report.tables()).allSatisfy(table -> assertThat(table.log().versions()).isZero());
    assertThat(bronze.filesAt(bronze.version())).hasSize(1);
    assertThat(bronze.rowsAt(spark, bronze.version()).count()).isEqualTo(offset);
    assertThat(silver.filesAt(silver.version())).hasSize(2);
    assertThat(byDay(silver)).allSatisfy(MaintainIT::doNotOverlap);
    assertThat(ids(silver)).isEqualTo(landed);
    assertThat(silver.rowsAt(spark, old).count()).isEqualTo(oldRows).isEqualTo(landed.size());
    assertThat(pageViews()).isEqualTo(landed.size());
  }

  private void keepsWhatGoldHasNotRead(LakeTable silver) throws Exception {
    for (int i = 0; i < 3; i++) {
      land(4);
      once(SilverJob.start(lake, configuration, true));
    }
    for (int i = 0; i < 60; i++) {
      silver.begin(spark).set("test", i).commit();
    }
    Pipeline.awaitCheckpoints();
    List<Path> before = files();

    MaintenanceReport plan = maintenance(Duration.ofDays(8)).plan();

    assertThat(files()).isEqualTo(before);
    MaintenanceReport.Table planned = plan.tables().get(1);
    assertThat(planned.removed().files()).isZero();
    assertThat(planned.compacted()).isNotEmpty();
    assertThat(planned.kept()).anyMatch(reason -> reason.contains("gold"));

    MaintenanceReport.Table done = maintenance(Duration.ofDays(8)).apply().tables().get(1);
    assertThat(done.kept()).anyMatch(reason -> reason.contains("gold"));
    once(GoldJob.start(lake, configuration, true));
    assertThat(pageViews()).isEqualTo(landed.size());
  }

  private void removesWhatNobodyNeeds(LakeTable bronze, LakeTable silver) throws Exception {
    MaintenanceReport report = maintenance(Duration.ofDays(8)).apply();

    MaintenanceReport.Table ofSilver = report.tables().get(1);
    assertThat(ofSilver.kept()).isEmpty();
    assertThat(ofSilver.log().versions()).isPositive();
    assertThat(ofSilver.removed().files()).isPositive();
    for (LakeTable table : List.of(bronze, silver)) {
      assertThat(parquetOnDisk(table)).hasSize(table.filesAt(table.version()).size());
    }
    assertThat(commitsOnDisk(silver)).allMatch(version -> version >= ofSilver.log().firstKept());
    assertThat(ids(silver)).isEqualTo(landed);
    assertThat(bronze.rowsAt(spark, bronze.version()).count()).isEqualTo(offset);
    // The layers go on, with copies of events that were compacted long ago.
    land(10);
    once(SilverJob.start(lake, configuration, true));
    once(GoldJob.start(lake, configuration, true));
    assertThat(ids(silver)).isEqualTo(landed);
    assertThat(pageViews()).isEqualTo(landed.size());
  }

  private static Maintenance maintenance(Duration ahead) {
    return new Maintenance(lake, configuration, Clock.offset(Clock.systemUTC(), ahead));
  }

  private void land(int commits, int count) {
    for (int i = 0; i < commits; i++) {
      land(count);
    }
  }

  /** Page views of two days, some of them copies of earlier ones. */
  private void land(int count) {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!recent.isEmpty() && random.nextInt(5) == 0) {
        events.add(recent.get(random.nextInt(recent.size())));
        continue;
      }
      String id = "e" + landed.size();
      String event =
          """
          {"event_id":"%s","timestamp":"%s","user_id":"u%d","event_type":"page_view","page":"/p/%d"}"""
              .formatted(
                  id,
                  START.plusMillis(random.nextInt(2 * 86_400_000)),
                  random.nextInt(9),
                  random.nextInt(4));
      landed.add(id);
      recent.add(event);
      events.add(event);
    }
    BronzeRows.land(lake, events, ++seq, offset, KAFKA_TIME);
    offset += count;
  }

  private static void once(Layer started) throws InterruptedException {
    try (Layer layer = started) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static Set<String> ids(LakeTable silver) {
    List<String> ids =
        silver.rowsAt(spark, silver.version()).select("event_id").collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    assertThat(ids).doesNotHaveDuplicates();
    return Set.copyOf(ids);
  }

  private static java.util.Collection<List<TableFile>> byDay(LakeTable table) {
    return table.filesAt(table.version()).stream()
        .collect(Collectors.groupingBy(TableFile::partition))
        .values();
  }

  private static void doNotOverlap(List<TableFile> files) {
    List<TableFile> inOrder =
        files.stream()
            .sorted(Comparator.comparingLong(f -> f.minMicros(SilverColumns.EVENT_TIME)))
            .toList();
    for (int i = 1; i < inOrder.size(); i++) {
      assertThat(inOrder.get(i - 1).maxMicros(SilverColumns.EVENT_TIME))
          .isLessThan(inOrder.get(i).minMicros(SilverColumns.EVENT_TIME));
    }
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("lake"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<Path> parquetOnDisk(LakeTable table) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(table.path()))) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("_delta_log"))
          .toList();
    }
  }

  private static List<Long> commitsOnDisk(LakeTable table) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(table.path(), "_delta_log"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d{20}\\.json"))
          .map(name -> Long.parseLong(name.substring(0, 20)))
          .toList();
    }
  }

  private static long pageViews() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                postgres.url(), postgres.owner().user(), postgres.owner().password());
        Statement statement = connection.createStatement();
        ResultSet sum =
            statement.executeQuery("SELECT coalesce(sum(views), 0) FROM gold.page_views")) {
      sum.next();
      return sum.getLong(1);
    }
  }
}
