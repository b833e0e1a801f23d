package io.medallion.silver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.source.BronzeCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Option;

/**
 * Silver over a real bronze table: what becomes of each record, whatever the chunks and wherever a
 * run ended.
 */
class SilverLayerIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path GEOIP =
      Path.of(System.getProperty("basedir", "."), "src", "test", "resources", "geoip");
  private static SparkSession spark;

  @TempDir Path folder;

  private final List<String> sent = new ArrayList<>();
  private boolean fastWriter = true;
  private long seq;
  private long offset;

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "SilverLayerIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void aCopyInTheSameCommitInAnotherAndAMonthLaterIsADuplicate() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"), event("a", "2026-03-01T10:00:00Z", "/x"));
    commit(event("b", "2026-02-01T10:00:00Z", "/x"), event("a", "2026-03-01T10:00:00Z", "/x"));
    run("10");
    commit(event("b", "2026-02-01T10:00:00Z", "/x"), event("c", "2026-03-01T11:00:00Z", "/x"));
    run("10");

    assertThat(deduplicated())
        .containsExactlyEntriesOf(
            Map.of(0L, "silver", 2L, "silver", 5L, "silver").entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .collect(TreeMap::new, (m, e) -> m.put(e.getKey(), e.getValue()), TreeMap::putAll));
    assertThat(state()).containsEntry(TableState.READ, 6L).containsEntry(TableState.DUPLICATES, 3L);
  }

  @Test
  void theSameIdWithAnotherPayloadIsQuarantinedWithItsBytesAndTheFirstInBronzesOrderWins()
      throws Exception {
    commit(
        event("a", "2026-03-01T10:00:00Z", "/first"),
        event("a", "2026-03-01T10:00:00Z", "/second"));
    commit(
        event("a", "2026-03-01T10:00:00Z", "/third"), event("a", "2026-03-01T10:00:00Z", "/first"));
    run("1");

    assertThat(deduplicated())
        .isEqualTo(Map.of(0L, "silver", 1L, "ID_CONFLICT", 2L, "ID_CONFLICT"));
    assertThat(quarantinedBytes()).containsEntry(1L, sent.get(1)).containsEntry(2L, sent.get(2));
  }

  @Test
  void theSameIdAtAnotherTimeIsAnotherEvent() throws Exception {
    commit(
        event("a", "2026-03-01T10:00:00Z", "/x"), event("a", "2026-03-01T10:00:00.000001Z", "/x"));
    run("10");

    assertThat(deduplicated()).isEqualTo(Map.of(0L, "silver", 1L, "silver"));
  }

  @Test
  void fieldsInAnotherOrderAreTheSamePayload() throws Exception {
    commit(
        "{\"event_id\":\"a\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"page\":\"/x\"}",
        "{ \"page\":\"/x\","
            + " \"user_id\":\"u\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"event_id\":\"a\" }");
    run("10");

    assertThat(deduplicated()).isEqualTo(Map.of(0L, "silver"));
    assertThat(state()).containsEntry(TableState.DUPLICATES, 1L);
  }

  @Test
  void badRecordsKeepTheirBytesAndAllTheirReasonsAndGoodOnesPass() throws Exception {
    commit(
        "{broken",
        "{\"price\":\"NaN\",\"quantity\":-1}",
        event("a", "2026-03-01T10:00:00Z", "/x"),
        null);
    run("10");

    assertThat(deduplicated()).containsEntry(2L, "silver").containsKeys(0L, 1L, 3L);
    assertThat(quarantinedBytes()).containsEntry(0L, "{broken");
    List<Row> reasons =
        quarantine()
            .where("offset = 1")
            .selectExpr("explode(reasons)")
            .selectExpr("col.field")
            .collectAsList();
    assertThat(reasons).extracting(r -> r.getString(0)).contains("timestamp", "price", "quantity");
  }

  @Test
  void whatIsInQuarantineBeyondThePositionKeepsItsVerdict() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"));
    run("10");
    commit("{broken", event("b", "2026-03-01T10:00:01Z", "/x"));
    run("10");
    forgetLastCommit(TableDefinition.SILVER);
    assertThat(state()).containsEntry(TableState.READ, 1L);
    run("10");

    assertThat(deduplicated()).isEqualTo(Map.of(0L, "silver", 1L, "MALFORMED_JSON", 2L, "silver"));
    assertThat(quarantine().count()).isEqualTo(1);
    assertThat(state())
        .containsEntry(TableState.QUARANTINED, 1L)
        .containsEntry(TableState.QUARANTINED_FOR + "MALFORMED_JSON", 1L)
        .containsEntry(TableState.READ, 3L);
  }

  @Test
  void bronzeThatLostAVersionWhichSilverHasReadIsRefused() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"));
    commit(event("b", "2026-03-01T10:00:01Z", "/x"));
    run("10");
    forgetLastCommit(TableDefinition.BRONZE);

    MedallionException refusal = refusal();
    assertThat(refusal.code()).isEqualTo(ErrorCode.LAKE_TABLE_WENT_BACK);
    assertThat(refusal.problem()).contains("bronze table ends at version 1").contains("version 2");
  }

  @Test
  void aVersionOfBronzeThatWasCleanedAwayBeforeSilverReadItIsNotSkipped() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"));
    run("10");
    commit(event("b", "2026-03-01T10:00:01Z", "/x"));
    commit(event("c", "2026-03-01T10:00:02Z", "/x"));
    LakeTable bronze = table(TableDefinition.BRONZE);
    DeltaLog log = DeltaLog.forTable(spark, bronze.path());
    log.checkpoint(log.update(false, Option.empty(), Option.empty()), Option.empty());
    forget(bronze, bronze.version() - 1);

    assertThat(refusal().code()).isEqualTo(ErrorCode.LAKE_VERSIONS_GONE);
    assertThat(deduplicated()).isEqualTo(Map.of(0L, "silver"));
  }

  @Tag("full")
  @Test
  void theGeoIpDatabaseMayBeCutShortRemovedAndReplacedWhileEventsFlow() throws Exception {
    byte[] oslo = Files.readAllBytes(GEOIP.resolve("city-moved.mmdb"));
    Path database = Files.copy(GEOIP.resolve("city.mmdb"), folder.resolve("geo.mmdb"));
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.toString())
            .flag("silver.geoip.database", database.toString())
            .flag("silver.geoip.refresh", "1ms")
            .build();
    commit(located());
    try (Layer layer = SilverJob.start(lake("10"), configuration, false)) {
      awaitTaken();
      for (byte[] bad : new byte[][] {Arrays.copyOf(oslo, oslo.length / 2), new byte[0]}) {
        Files.write(database, bad);
        commit(located());
        awaitTaken();
      }
      Files.delete(database);
      commit(located());
      awaitTaken();
      assertThat(cities()).containsOnlyKeys("Berlin");

      Files.write(database, oslo);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                commit(located());
                awaitTaken();
                return cities().containsKey("Oslo");
              });
      assertThat(layer.failure()).isEmpty();
    }
    assertThat(cities()).containsOnlyKeys("Berlin", "Oslo");
    assertThat(cities().get("Berlin")).hasSize(1).doesNotContainNull();
    assertThat(cities().get("Oslo")).hasSize(1).doesNotContainNull();
  }

  @Test
  void anEventHasTheNumberAndTheNameOfItsNetworkThoughItsAddressIsNotKept() throws Exception {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.toString())
            .flag("silver.ip-anonymization", "drop")
            .flag("silver.geoip.asn-database", GEOIP.resolve("asn.mmdb").toString())
            .build();
    commit(located(), event("nowhere", "2026-03-01T10:00:01Z", "/x"));
    try (Layer layer = SilverJob.start(lake("10"), configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }

    LakeTable silver = table(TableDefinition.SILVER);
    assertThat(
            silver
                .rowsAt(spark, silver.version())
                .selectExpr(
                    "offset",
                    "asn",
                    "as_organization",
                    "geo_status",
                    "ip_address",
                    "asn_db_build > '2020-01-01'")
                .orderBy("offset")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[0,64496,Example Networks,no_database,null,true]",
            "[1,null,null,no_database,null,true]");
  }

  @Test
  void aScanOfBronzeThatIsNotByColumnsIsCountedAndChangesNothing() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"), "{");
    assertThat(scanFallbacks()).isZero();
    commit(event("b", "2026-03-01T10:00:00Z", "/x"), "{");
    // A layer's sessions begin with the settings of their context.
    spark.sparkContext().conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    try {
      assertThat(scanFallbacks()).isOne();
    } finally {
      spark.sparkContext().conf().remove("spark.sql.parquet.enableVectorizedReader");
    }
    assertThat(deduplicated())
        .isEqualTo(Map.of(0L, "silver", 1L, "MALFORMED_JSON", 2L, "silver", 3L, "MALFORMED_JSON"));
  }

  private long scanFallbacks() throws Exception {
    Configuration bigBatches =
        Configuration.builder()
            .flag("lake.path", folder.toString())
            .flag("batch.low-latency-max-records", "1")
            .build();
    try (Layer layer = SilverJob.start(lake("10"), bigBatches, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
      return layer.lastBatch().orElseThrow().details().get("scan_fallbacks");
    }
  }

  @Test
  void aSecondRunWithNothingNewChangesNothing() throws Exception {
    commit(event("a", "2026-03-01T10:00:00Z", "/x"));
    run("10");
    long version = table(TableDefinition.SILVER).version();
    run("10");

    assertThat(table(TableDefinition.SILVER).version()).isEqualTo(version);
  }

  @Test
  void theVerdictOfEveryRecordIsThatOfAPlainReaderInChunksOfSeven() throws Exception {
    verdictsInChunksOf("7");
  }

  @Tag("full")
  @ParameterizedTest
  @ValueSource(strings = {"1", "1000"})
  void theVerdictOfEveryRecordIsTheSameInChunksOfAnySize(String chunk) throws Exception {
    verdictsInChunksOf(chunk);
  }

  private void verdictsInChunksOf(String chunk) throws Exception {
    long seed = 20260301;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int commit = 0; commit < 12; commit++) {
      String[] records = new String[1 + random.nextInt(6)];
      for (int i = 0; i < records.length; i++) {
        String time = "2026-0%d-01T10:00:0%dZ".formatted(1 + random.nextInt(3), random.nextInt(2));
        records[i] =
            random.nextInt(8) == 0
                ? "{" + i
                : event("e" + random.nextInt(6), time, "/" + random.nextInt(2));
      }
      commit(records);
    }
    run(chunk);

    assertThat(deduplicated()).isEqualTo(expectedResults());
    assertThat(state().get(TableState.READ)).isEqualTo(sent.size());
  }

  /** In files that keep the hashes of their identities, and in those of Delta's writer. */
  @Tag("full")
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFewLateCopiesAreFoundInFilesOfAnEarlierRun(boolean fast) throws Exception {
    fastWriter = fast;
    String[] month = new String[3_600];
    for (int i = 0; i < month.length; i++) {
      month[i] = event("e" + i, late(i), "/x");
    }
    commit(month);
    run("10000");
    for (int i = 0; i < 30; i++) {
      int copied = i == 0 ? month.length - 1 : 119 * i;
      commit(
          event("e" + copied, late(copied), "/x"),
          event("new" + i, late(copied), "/x"),
          event("e" + copied, late(copied), "/another"),
          event("e" + copied, late(copied).replace("Z", "001Z"), "/x"));
    }
    run("4");
    // More times than are asked for one by one, next to a file of few.
    String[] many = new String[LakeSession.MOST_VALUES_SOUGHT * 3 / 2];
    for (int i = 0; i < many.length; i++) {
      int copied = i == 0 ? 1 : 3 * i + 3 * (i % 2);
      many[i] = event("e" + copied, late(copied), "/x");
    }
    commit(many);
    run("1000");

    long later = month.length;
    assertThat(new TreeMap<>(deduplicated()).tailMap(later))
        .isEqualTo(new TreeMap<>(expectedResults()).tailMap(later));
    assertThat(state()).containsEntry(TableState.READ, later + 30 * 4 + many.length);
  }

  /** On three days, a second and a millisecond after each other. */
  private static String late(int i) {
    Instant day = Instant.parse("2026-02-01T00:00:00Z").plusSeconds(86_400L * (i % 3));
    return day.plusMillis(1_001L * i).toString().replaceAll("(:\\d\\d)Z", "$1.000Z");
  }

  /**
   * The contract in plain words: the first of an identity is the event; a copy with its payload is
   * a duplicate.
   */
  private Map<Long, String> expectedResults() {
    Map<Long, String> expected = new TreeMap<>();
    Map<String, String> firsts = new TreeMap<>();
    for (int i = 0; i < sent.size(); i++) {
      String value = sent.get(i);
      if (!value.endsWith("}")) {
        expected.put((long) i, "MALFORMED_JSON");
        continue;
      }
      String identity = value.substring(0, value.indexOf("\"user_id\""));
      String first = firsts.putIfAbsent(identity, value);
      if (first == null) {
        expected.put((long) i, "silver");
      } else if (!first.equals(value)) {
        expected.put((long) i, "ID_CONFLICT");
      }
    }
    return expected;
  }

  private static String event(String id, String time, String page) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"event_type\":\"page_view\",\"page\":\"%s\"}"
        .formatted(id, time, page);
  }

  private String located() {
    return "{\"event_id\":\"%d\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"ip_address\":\"203.0.113.9\"}"
        .formatted(offset);
  }

  private void awaitTaken() {
    await().atMost(PATIENCE).until(() -> state().getOrDefault(TableState.READ, 0L) == sent.size());
  }

  /** The build dates of the databases that said so, by city. */
  private Map<String, Set<Object>> cities() {
    LakeTable silver = table(TableDefinition.SILVER);
    return silver
        .rowsAt(spark, silver.version())
        .select("city", "geoip_db_build")
        .collectAsList()
        .stream()
        .collect(
            Collectors.groupingBy(
                row -> row.getString(0),
                Collectors.mapping(row -> row.get(1), Collectors.toSet())));
  }

  private void commit(String... values) {
    seq++;
    for (String value : values) {
      sent.add(value == null ? "" : value);
    }
    BronzeCommits.commit(lake("10"), KAFKA_TIME, seq, offset, Arrays.asList(values));
    offset += values.length;
  }

  private void run(String chunk) throws Exception {
    Configuration configuration = configuration(chunk);
    try (Layer layer = SilverJob.start(Lake.open(spark, configuration), configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private MedallionException refusal() throws Exception {
    try (Layer layer = SilverJob.start(lake("10"), configuration("10"), true)) {
      layer.await();
      return MedallionException.in(layer.failure().orElseThrow());
    }
  }

  /**
   * What became of each record, by offset: silver, its first reason, or nothing for a duplicate.
   */
  private Map<Long, String> deduplicated() {
    Map<Long, String> deduplicated = new TreeMap<>();
    LakeTable silver = table(TableDefinition.SILVER);
    silver
        .rowsAt(spark, silver.version())
        .select("offset")
        .collectAsList()
        .forEach(row -> assertThat(deduplicated.put(row.getLong(0), "silver")).isNull());
    quarantine()
        .selectExpr("offset", "reasons[0].code")
        .collectAsList()
        .forEach(row -> assertThat(deduplicated.put(row.getLong(0), row.getString(1))).isNull());
    return deduplicated;
  }

  private Map<Long, String> quarantinedBytes() {
    Map<Long, String> bytes = new TreeMap<>();
    quarantine()
        .where("value is not null")
        .selectExpr("offset", "cast(value as string)")
        .collectAsList()
        .forEach(row -> bytes.put(row.getLong(0), row.getString(1)));
    return bytes;
  }

  /** Leaves a table as a crash just before its last commit would have. */
  private void forgetLastCommit(TableDefinition definition) throws IOException {
    LakeTable table = table(definition);
    forget(table, table.version());
  }

  private static void forget(LakeTable table, long gone) throws IOException {
    String version = "%020d".formatted(gone);
    for (String ending : List.of(".json", ".crc")) {
      Files.deleteIfExists(Path.of(table.path(), "_delta_log", version + ending));
    }
    DeltaLog.clearCache();
  }

  private Dataset<Row> quarantine() {
    LakeTable quarantine = table(TableDefinition.QUARANTINE);
    return quarantine.rowsAt(spark, quarantine.version());
  }

  private Map<String, Long> state() {
    Map<String, Long> state = new TreeMap<>(table(TableDefinition.SILVER).state().values());
    state.remove(TableState.COMMITTED);
    return state;
  }

  private LakeTable table(TableDefinition definition) {
    return lake("10").table(definition);
  }

  private Lake lake(String chunk) {
    return Lake.open(spark, configuration(chunk));
  }

  private Configuration configuration(String chunk) {
    return Configuration.builder()
        .flag("lake.path", folder.toString())
        .flag("silver.max-records-per-batch", chunk)
        .flag("lake.fast-writer", Boolean.toString(fastWriter))
        .build();
  }
}
