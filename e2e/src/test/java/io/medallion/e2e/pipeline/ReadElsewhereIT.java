package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The three tables, the newest and each older version of them, read by engines that have nothing of
 * Spark's or ours: Delta Kernel, and DuckDB over the files that the log names.
 */
class ReadElsewhereIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-03T12:00:00Z");
  private static final int COMMITS = 3;
  private static final int EVENTS = 20;

  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @TempDir static Path folder;

  /** Each commit has as many events as the ones before; every other one is refused. */
  @BeforeAll
  static void land() throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("spark.master", "local[2]")
            .flag("lake.path", lake().toString())
            .flag("lake.readable-by-group", "true")
            .flag("silver.max-string-size", "64B")
            .build();
    try (SparkSession spark = LakeSession.create("ReadElsewhereIT", configuration)) {
      Lake lake = Lake.open(spark, configuration);
      for (int commit = 0; commit < COMMITS; commit++) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          events.add(event(commit, i));
        }
        BronzeRows.land(lake, events, commit + 1L, (long) commit * EVENTS, KAFKA_TIME);
        try (Layer silver = SilverJob.start(lake, configuration, true)) {
          silver.await();
          assertThat(silver.failure()).isEmpty();
        }
      }
    }
  }

  private static String event(int commit, int i) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"2026-03-01T10:00:%02dZ\",\"user_id\":\"u\",\"page\":\"%s\"}"
        .formatted(id(commit, i), i, good(i) ? "/" : "/" + "long".repeat(30));
  }

  private static String id(int commit, int i) {
    return "e%d-%d".formatted(commit, i);
  }

  private static boolean good(int i) {
    return i % 2 == 0;
  }

  @Test
  void eachVersionOfEachTableIsReadWithoutSpark() throws Exception {
    for (int commits = COMMITS; commits > 0; commits--) {
      List<String> values = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      List<String> refused = new ArrayList<>();
      for (int commit = 0; commit < commits; commit++) {
        for (int i = 0; i < EVENTS; i++) {
          values.add(event(commit, i));
          (good(i) ? ids : refused).add(good(i) ? id(commit, i) : event(commit, i));
        }
      }
      assertReads(TableDefinition.BRONZE, "value", commits, values);
      assertReads(TableDefinition.SILVER, "event_id", commits, ids);
      assertReads(TableDefinition.QUARANTINE, "value", commits, refused);
    }
  }

  /** A version for each commit, after the one that made the table. */
  private static void assertReads(
      TableDefinition table, String column, int commits, List<String> expected) throws Exception {
    Path path = lake().resolve(table.path());
    assertThat(readerVersion(path)).as(table.name()).isEqualTo(1);
    Function<Row, String> text = row -> text(row, column);
    assertThat(kernel(path, commits == COMMITS ? null : (long) commits, text))
        .as("%s at %d by Delta Kernel", table.name(), commits)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(duckDb(path, commits, column))
        .as("%s at %d by DuckDB", table.name(), commits)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** A block of SQL of docs/reading.md. */
  private static String documented(int block) throws IOException {
    return SQL.matcher(Files.readString(Compose.ROOT.resolve("docs/reading.md")))
        .results()
        .map(found -> found.group(1))
        .toList()
        .get(block);
  }

  private static int readerVersion(Path table) throws IOException {
    for (String line : Files.readAllLines(table.resolve("_delta_log/00000000000000000000.json"))) {
      JsonNode protocol = new ObjectMapper().readTree(line).path("protocol");
      if (!protocol.isMissingNode()) {
        return protocol.path("minReaderVersion").asInt();
      }
    }
    throw new IllegalStateException("no protocol");
  }

  private static String text(Row row, String column) {
    int at = row.getSchema().indexOf(column);
    return column.equals("value")
        ? new String(row.getBinary(at), StandardCharsets.UTF_8)
        : row.getString(at);
  }

  /**
   * @param version null for the newest
   */
  private static List<String> kernel(Path path, Long version, Function<Row, String> text)
      throws IOException {
    Engine engine = DefaultEngine.create(new org.apache.hadoop.conf.Configuration());
    Table table = Table.forPath(engine, path.toString());
    Snapshot snapshot =
        version == null
            ? table.getLatestSnapshot(engine)
            : table.getSnapshotAsOfVersion(engine, version);
    Scan scan = snapshot.getScanBuilder().build();
    Row state = scan.getScanState(engine);
    StructType physical = ScanStateRow.getPhysicalDataReadSchema(state);
    List<String> rows = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
      while (files.hasNext()) {
        try (CloseableIterator<Row> batch = files.next().getRows()) {
          while (batch.hasNext()) {
            Row file = batch.next();
            FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
            try (CloseableIterator<FileReadResult> data =
                    engine
                        .getParquetHandler()
                        .readParquetFiles(
                            Utils.singletonCloseableIterator(status), physical, Optional.empty());
                CloseableIterator<FilteredColumnarBatch> read =
                    Scan.transformPhysicalData(
                        engine, state, file, data.map(FileReadResult::getData))) {
              while (read.hasNext()) {
                try (CloseableIterator<Row> found = read.next().getRows()) {
                  found.forEachRemaining(row -> rows.add(text.apply(row)));
                }
              }
            }
          }
        }
      }
    }
    return rows;
  }

  private static List<String> duckDb(Path table, int version, String column) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      List<String> files = new ArrayList<>();
      String byTheLog =
          documented(0)
              .replace("/data/lake/silver/enriched_events", table.toString())
              .replace("<= 7", "<= " + version);
      try (ResultSet found = statement.executeQuery(byTheLog)) {
        while (found.next()) {
          files.add("'%s/%s'".formatted(table, found.getString(1)));
        }
      }
      String text = column.equals("value") ? "decode(value)" : column;
      List<String> rows = new ArrayList<>();
      try (ResultSet found =
          statement.executeQuery("SELECT %s FROM read_parquet(%s)".formatted(text, files))) {
        while (found.next()) {
          rows.add(found.getString(1));
        }
      }
      return rows;
    }
  }

  @Test
  void theDocumentedStatementsRegisterTheTablesAndWriteNothingToThem() throws Exception {
    Configuration configuration = Configuration.builder().flag("spark.master", "local[2]").build();
    try (SparkSession spark = LakeSession.create("ReadElsewhereIT", configuration)) {
      for (String statement :
          documented(1).replace("/data/lake", lake().toString()).split(";", -1)) {
        if (!statement.isBlank()) {
          spark.sql(statement);
        }
      }

      assertThat(spark.table("medallion.clickstream").count()).isEqualTo(COMMITS * EVENTS);
      assertThat(spark.table("medallion.enriched_events").count()).isEqualTo(COMMITS * EVENTS / 2);
      assertThat(spark.table("medallion.quarantine").count()).isEqualTo(COMMITS * EVENTS / 2);
    }
    for (TableDefinition table : TableDefinition.ALL) {
      Path log = lake().resolve(table.path()).resolve("_delta_log");
      try (Stream<Path> files = Files.list(log)) {
        assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSize(COMMITS + 1);
      }
    }
  }

  @Test
  void theGroupMayReadTablesWhereASettingSaysSoAndNobodyElse() throws Exception {
    for (TableDefinition table : TableDefinition.ALL) {
      Path path = lake().resolve(table.path());
      assertReadableByGroup(path.getParent());
      try (Stream<Path> all = Files.walk(path)) {
        for (Path below : all.toList()) {
          assertReadableByGroup(below);
        }
      }
    }
    assertReadableByGroup(lake());
    assertThat(Files.getPosixFilePermissions(lake().resolve("_checkpoints")))
        .as("what is no table stays its owner's")
        .doesNotContain(PosixFilePermission.GROUP_READ);
    assertThat(Files.getPosixFilePermissions(lake()))
        .doesNotContain(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_EXECUTE);
  }

  private static void assertReadableByGroup(Path path) throws IOException {
    assertThat(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))
        .as("%s", path)
        .contains(PosixFilePermission.GROUP_READ);
    if (Files.isDirectory(path)) {
      assertThat(Files.getPosixFilePermissions(path))
          .as("%s", path)
          .contains(PosixFilePermission.GROUP_EXECUTE);
    }
  }

  private static Path lake() {
    return folder.resolve("lake");
  }
}
