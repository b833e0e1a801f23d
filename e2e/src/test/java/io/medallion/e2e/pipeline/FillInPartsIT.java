package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.source.SilverSnapshot;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gold that begins with a silver of many files, and its process that dies in between. */
class FillInPartsIT {
  private static final Instant START = Instant.parse("2026-03-01T22:00:00Z");
  private static final Instant KAFKA_TIME = START.plusSeconds(9 * 86_400L);
  private static final int VERSIONS = 4;
  private static final int EVENTS = 60;

  @TempDir static Path folder;
  private static final Random RANDOM = new Random(7);
  private static PostgresServer postgres;
  private static SparkSession spark;
  private static Configuration configuration;
  private static Lake lake;
  private static LakeTable silver;

  @BeforeAll
  static void land() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "FillInPartsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    configuration = BronzeRows.configuration(folder.resolve("lake"), postgres);
    lake = Lake.open(spark, configuration);
    for (int version = 0; version < VERSIONS; version++) {
      List<String> events = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        events.add(
            """
            {"event_id":"e%d","timestamp":"%s","user_id":"u%d","anonymous_id":"a%d","event_type":"page_view","page":"/p/%d"}"""
                .formatted(
                    version * EVENTS + i,
                    START.plusSeconds(RANDOM.nextInt(28 * 3_600)),
                    RANDOM.nextInt(6),
                    RANDOM.nextInt(30),
                    RANDOM.nextInt(4)));
      }
      BronzeRows.land(lake, events, version + 1, (long) version * EVENTS, KAFKA_TIME);
      try (Layer layer = SilverJob.start(lake, configuration, true)) {
        layer.await();
        assertThat(layer.failure()).isEmpty();
      }
    }
    silver = lake.table(TableDefinition.SILVER);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void whatIsInIsNotReadAgainAndAVersionThatIsGoneIsBegunAgain() throws Exception {
    long version = silver.version();
    List<Path> files = files(version);
    int in = begin();
    assertThat(in).isBetween(1, files.size() - 1);
    assertThat(verified().omitted())
        .anyMatch(
            said ->
                said.startsWith(
                    "gold: it is not complete yet, %d of %d".formatted(in, files.size())));

    // Whoever read them again would fail.
    for (Path file : files.subList(0, in)) {
      Files.move(file, moved(file));
    }
    gold(Optional.empty());
    assertThat(row("SELECT silver_version, silver_rows FROM gold.ledger"))
        .isEqualTo(version + "|" + VERSIONS * EVENTS);
    for (Path file : files.subList(0, in)) {
      Files.move(moved(file), file);
    }
    final List<String> rows = rows();
    assertVerified();

    gold(Optional.of(Set.of()));
    assertThat(rows()).as("rebuilt").isEqualTo(rows);
    assertVerified();

    execute("TRUNCATE gold.ledger");
    begin();
    spark.sql("OPTIMIZE delta.`%s`".formatted(silver.path()));
    List<Path> gone = new ArrayList<>(files);
    gone.removeAll(files(silver.version()));
    for (Path file : gone) {
      Files.delete(file);
    }
    gold(Optional.empty());
    assertThat(row("SELECT silver_version, silver_rows FROM gold.ledger"))
        .isEqualTo(silver.version() + "|" + VERSIONS * EVENTS);
    assertThat(rows()).as("of a later version").isEqualTo(rows);
    assertVerified();
  }

  /** Fills gold, and stops after some files; returns how many are in. */
  private static int begin() throws SQLException {
    DeclaredMarts declared = DeclaredMarts.load(spark, silver.schema(), configuration);
    try (GoldMerge gold = GoldMerge.open(configuration, declared, silver.id())) {
      long reached =
          gold.fill(
              new SilverSnapshot(silver, BatchProfile.THROUGHPUT.session(spark), 1),
              silver.version(),
              version -> LayerStatusSnapshot.UNKNOWN,
              () -> merged() > 0);
      assertThat(reached).isEqualTo(GoldMerge.NOTHING_MERGED);
    }
    return merged();
  }

  private static int merged() {
    try {
      return Integer.parseInt(
          row("SELECT coalesce(max(filling_files_merged), 0) FROM gold.ledger"));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In the order in which they are read. */
  private static List<Path> files(long version) {
    return silver.filesAt(version).stream()
        .sorted(
            Comparator.comparingLong((TableFile file) -> file.minMicros(SilverColumns.EVENT_TIME))
                .thenComparing(TableFile::path))
        .map(file -> folder.resolve("lake").resolve("silver/enriched_events").resolve(file.path()))
        .toList();
  }

  private static Path moved(Path file) throws IOException {
    Path away = Files.createDirectories(folder.resolve("away"));
    return away.resolve(file.getFileName());
  }

  private static void gold(Optional<Set<String>> rebuild) throws InterruptedException {
    try (Layer layer = GoldJob.start(lake, configuration, true, rebuild)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static VerifyReport verified() {
    return new LakeCheck(lake, configuration).prove(EventDays.ALL);
  }

  private static void assertVerified() {
    assertThat(verified().checks())
        .allSatisfy(check -> assertThat(check.off()).as(check.toString()).isZero())
        .anyMatch(check -> check.name().contains("gold.sessions is what silver says"));
  }

  private static List<String> rows() throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String table :
        List.of(
            "page_views", "active_users", "sessions", "daily_users", "identities", "silver_days")) {
      rows.addAll(select("SELECT t::text FROM gold.%s AS t ORDER BY 1".formatted(table)));
    }
    return rows;
  }

  private static String row(String sql) throws SQLException {
    return select(sql).get(0);
  }

  private static List<String> select(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(String.join("|", row));
      }
    }
    return rows;
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        postgres.url(), postgres.owner().user(), postgres.owner().password());
  }
}
