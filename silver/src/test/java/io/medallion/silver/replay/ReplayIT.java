package io.medallion.silver.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.Compaction;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import io.medallion.silver.source.BronzeCommits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * After a replay the tables are those that a silver with today's rules would have made from the
 * beginning: the very same rows.
 */
class ReplayIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-04T12:00:00Z");
  private static final LocalDate FIRST_DAY = LocalDate.parse("2026-03-01");
  private static final LocalDate LAST_DAY = LocalDate.parse("2026-03-03");

  private static final String LONG = "/long/" + "x".repeat(80);

  /** Too strict a rule: long pages were refused. */
  private static final Map<String, String> THEN = Map.of("silver.max-string-size", "64B");

  private static final Map<String, String> TODAY = Map.of();

  private static final List<TableDefinition> TABLES =
      List.of(TableDefinition.BRONZE, TableDefinition.SILVER, TableDefinition.QUARANTINE);

  private static SparkSession spark;

  @TempDir Path folder;
  private final List<List<String>> commits = new ArrayList<>();
  private Random random;

  /** The two ways to correct the same thing. */
  private enum Way {
    QUARANTINE {
      @Override
      ReplayReport plan(Replay replay) {
        return replay.planQuarantine(Replay.everything(), ReplayPreview.NONE);
      }

      @Override
      ReplayReport apply(Replay replay) {
        return replay.applyQuarantine(Replay.everything());
      }
    },
    DAYS {
      @Override
      ReplayReport plan(Replay replay) {
        return replay.planDays(FIRST_DAY, LAST_DAY, OptionalLong.empty(), ReplayPreview.NONE);
      }

      @Override
      ReplayReport apply(Replay replay) {
        return replay.applyDays(FIRST_DAY, LAST_DAY);
      }
    };

    abstract ReplayReport plan(Replay replay);

    abstract ReplayReport apply(Replay replay);
  }

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "ReplayIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void seed() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    random = new Random(seed);
  }

  @ParameterizedTest
  @Tag("full")
  @EnumSource
  void theTablesAreThoseOfARunWithTodaysRules(Way way) throws Exception {
    land("lake", 60);
    silver("lake", THEN);

    ReplayReport plan = way.plan(replay("lake", TODAY, step -> {}));
    assertThat(state("lake")).isNotEqualTo(fresh());
    ReplayReport done = way.apply(replay("lake", TODAY, step -> {}));

    assertThat(state("lake")).isEqualTo(fresh());
    assertThat(done.days()).isEqualTo(plan.days()).isNotEmpty();
    assertThat(done.released()).isEqualTo(plan.released()).isPositive();
    assertThat(done.quarantined()).isEqualTo(plan.quarantined());
    assertThat(plan.applied()).isFalse();

    long version = table("lake", TableDefinition.SILVER).version();
    long quarantineVersion = table("lake", TableDefinition.QUARANTINE).version();
    Map<String, String> enough = Map.of("silver.max-records-per-batch", "1000");
    ReplayReport again = way.apply(replay("lake", enough, step -> {}));
    assertThat(again.isEmpty()).isTrue();
    if (way == Way.QUARANTINE) {
      // What stays in conflict, or breaks a rule, has no day replayed for it.
      assertThat(again.parsed()).isZero();
    }
    assertThat(table("lake", TableDefinition.SILVER).version()).isEqualTo(version);
    assertThat(table("lake", TableDefinition.QUARANTINE).version()).isEqualTo(quarantineVersion);
    assertThat(lake("lake", TODAY).unfinishedReplays()).isEmpty();

    // Copies of what was released are recognised by the silver that goes on.
    land("lake", 20);
    silver("lake", TODAY);
    assertThat(state("lake")).isEqualTo(fresh());
  }

  @ParameterizedTest
  @Tag("full")
  @CsvSource({
    "QUARANTINE, prepared",
    "QUARANTINE, quarantined",
    "QUARANTINE, silver",
    "QUARANTINE, released",
    "DAYS, prepared",
    "DAYS, quarantined",
    "DAYS, silver",
    "DAYS, released"
  })
  void cutOffAfterAnyStepItIsFinishedByRunningItAgain(Way way, String cutOff) throws Exception {
    land("lake", 40);
    silver("lake", THEN);
    Replay dying =
        replay(
            "lake",
            TODAY,
            step -> {
              if (step.equals(cutOff)) {
                throw new IllegalStateException("killed after " + step);
              }
            });

    assertThatThrownBy(() -> way.apply(dying)).hasMessage("killed after " + cutOff);
    if (!cutOff.equals("prepared")) {
      assertThat(lake("lake", TODAY).unfinishedReplays()).hasSize(1);
    }
    way.apply(replay("lake", TODAY, step -> {}));

    assertThat(state("lake")).isEqualTo(fresh());
    assertThat(lake("lake", TODAY).unfinishedReplays()).isEmpty();
  }

  @Test
  @Tag("full")
  void whatSilverReadsWhileFilesArePreparedIsNeitherLostNorDoubled() throws Exception {
    land("lake", 40);
    silver("lake", THEN);
    Replay replay =
        replay(
            "lake",
            TODAY,
            step -> {
              if (step.equals("prepared")) {
                land("lake", 30);
                silver("lake", THEN);
              }
            });

    replay.applyDays(FIRST_DAY, LAST_DAY);

    assertThat(state("lake")).isEqualTo(fresh());
  }

  @Test
  @Tag("full")
  void aSilverAtWorkGoesOnBehindAReplay() throws Exception {
    land("lake", 40);
    Configuration then = configuration("lake", THEN);
    try (Layer layer = SilverJob.start(Lake.open(spark, then), then, false)) {
      awaitRead("lake");
      replay("lake", TODAY, step -> {}).applyQuarantine(Replay.everything());
      replay("lake", TODAY, step -> {}).applyDays(FIRST_DAY, LAST_DAY);
      land("lake", 20);
      awaitRead("lake");
      assertThat(layer.failure()).isEmpty();
    }
    replay("lake", TODAY, step -> {}).applyDays(FIRST_DAY, LAST_DAY);
    assertThat(state("lake")).isEqualTo(fresh());
  }

  @Test
  void recordsThatMoveToAnotherDayTakeBothDaysWithThem() throws Exception {
    commits.add(
        List.of(
            "{\"event_id\":\"a\",\"ts\":\"2026-03-02T23:00:00Z\",\"real\":\"2026-02-20T10:00:00Z\",\"user_id\":\"u\"}",
            "{\"event_id\":\"b\",\"ts\":\"2026-03-03T23:00:00Z\",\"user_id\":\"u\"}"));
    land("lake");
    silver("lake", TODAY);
    Map<String, String> mapped = Map.of("silver.fields.timestamp", "real");

    ReplayReport report =
        replay("lake", mapped, step -> {})
            .applyDays(LocalDate.parse("2026-03-02"), LocalDate.parse("2026-03-02"));

    assertThat(report.days().keySet())
        .containsExactly(LocalDate.parse("2026-02-20"), LocalDate.parse("2026-03-02"));
    assertThat(silverRows("lake")).hasSize(2);
    assertThat(silverRows("lake").get(0L)).contains("2026-02-20");
  }

  /** Whoever looks at what would change leaves nothing behind. */
  @Tag("full")
  @ParameterizedTest
  @EnumSource
  void aPlanChangesNoByteOfTheLake(Way way) throws Exception {
    land("lake", 60);
    silver("lake", THEN);
    Map<Path, String> before = bytes();

    ReplayReport plan = way.plan(replay("lake", TODAY, step -> {}));

    assertThat(plan.days()).isNotEmpty();
    assertThat(bytes()).isEqualTo(before);

    way.apply(replay("lake", TODAY, step -> {}));
    assertThat(bytes()).isNotEqualTo(before);
  }

  /**
   * One identity, whose first record was refused: silver's event conflicts with it, and so does the
   * event's copy, of which only bronze knows; a third payload stays a conflict.
   */
  @Tag("full")
  @Test
  void aPlanSaysWhatBecomesOfRecordsInQuarantineByReason() throws Exception {
    commits.add(List.of(event(0, LONG), event(0, "/a"), "{broken"));
    commits.add(List.of(event(0, LONG), event(0, "/a"), event(0, "/b"), event(1, "/c")));
    commits.add(List.of(event(1, "/d")));
    land("lake");
    silver("lake", THEN);

    ReplayReport plan = Way.QUARANTINE.plan(replay("lake", TODAY, step -> {}));
    ReplayReport done = Way.QUARANTINE.apply(replay("lake", TODAY, step -> {}));

    assertThat(plan.quarantine())
        .containsExactly(
            Map.entry("ID_CONFLICT", new QuarantineOutcome(0, 0, 2)),
            Map.entry("MALFORMED_JSON", new QuarantineOutcome(0, 0, 1)),
            Map.entry("STRING_TOO_LONG", new QuarantineOutcome(1, 1, 0)));
    assertThat(plan.quarantined()).isEqualTo(2);
    // Only the day of the record that passes: that of the conflict alone is left as it is.
    assertThat(plan.days().keySet()).containsExactly(FIRST_DAY);
    assertThat(done.quarantine()).isEqualTo(plan.quarantine());
    assertThat(state("lake")).isEqualTo(fresh());
  }

  /** The field that holds the time was wrong: what claimed an identity has another one now. */
  @Test
  void aConflictThatHasAnotherIdentityTodayIsReleased() throws Exception {
    String conflict =
        "{\"event_id\":\"a\",\"ts\":\"2026-03-02T10:00:00Z\",\"real\":\"2026-03-01T%s:00:00Z\",\"user_id\":\"u\"}";
    commits.add(List.of(conflict.formatted("08"), conflict.formatted("09")));
    land("lake");
    silver("lake", TODAY);
    assertThat(silverRows("lake")).hasSize(1);
    Map<String, String> mapped = Map.of("silver.fields.timestamp", "real");

    ReplayReport done = Way.QUARANTINE.apply(replay("lake", mapped, step -> {}));

    assertThat(done.quarantine())
        .containsExactly(Map.entry("ID_CONFLICT", new QuarantineOutcome(1, 0, 0)));
    assertThat(silverRows("lake").values())
        .hasSize(2)
        .allMatch(row -> row.contains("\"event_date\":\"2026-03-01\""));
  }

  /** Whatever was written for days that come out as they were, and for quarantine, goes again. */
  @Tag("full")
  @Test
  void anAppliedReplayLeavesNoFileThatNoVersionNames() throws Exception {
    land("lake", 60);
    silver("lake", THEN);
    Set<Path> named = files();

    Way.DAYS.apply(replay("lake", TODAY, step -> {}));
    for (TableDefinition definition : TABLES) {
      LakeTable table = table("lake", definition);
      table
          .filesAt(table.version())
          .forEach(file -> named.add(Path.of(table.path()).resolve(file.path())));
    }
    assertThat(files()).isEqualTo(named);

    Way.DAYS.apply(replay("lake", TODAY, step -> {}));
    assertThat(files()).isEqualTo(named);
  }

  /** The work fails in the middle: a file of bronze cannot be read. */
  @Test
  void whatWasWrittenBeforeAFailureGoes() throws Exception {
    land("lake", 60);
    silver("lake", THEN);
    LakeTable bronze = table("lake", TableDefinition.BRONZE);
    List<TableFile> landed = bronze.filesAt(bronze.version());
    TableFile newest =
        Collections.max(
            landed, Comparator.comparing(file -> file.minLong(BronzeColumns.COMMIT_SEQ)));
    Files.write(Path.of(bronze.path()).resolve(newest.path()), new byte[] {1, 2, 3});
    Set<Path> before = files();

    assertThatThrownBy(
            () ->
                replay("lake", Map.of("silver.max-records-per-batch", "10"), step -> {})
                    .applyDays(FIRST_DAY, LAST_DAY))
        .hasStackTraceContaining("parquet");

    assertThat(files()).isEqualTo(before);
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("lake"))) {
      return all.filter(file -> file.toString().endsWith(".parquet")).collect(Collectors.toSet());
    }
  }

  /** Every file of the lake, with its size and the time of its last change. */
  private Map<Path, String> bytes() throws IOException {
    Map<Path, String> bytes = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder.resolve("lake"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        bytes.put(file, Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
      }
    }
    return bytes;
  }

  /** Compaction puts the records of many commits into one file, which is validated part by part. */
  @Tag("full")
  @Test
  void aCompactedBronzeIsJudgedInTheOrderOfItsCommits() throws Exception {
    land("lake", 120);
    silver("lake", THEN);
    Lake lake = lake("lake", TODAY);
    Compaction compaction = lake.table(TableDefinition.BRONZE).compaction();
    for (Compaction.Group group : compaction.plan(Instant.now().plusSeconds(1), 1 << 20)) {
      assertThat(
              compaction.commit(
                  spark,
                  List.of(compaction.prepare(spark, group)),
                  () -> lake.lockCommits(TableDefinition.BRONZE)))
          .isEmpty();
    }
    LakeTable bronze = lake.table(TableDefinition.BRONZE);
    assertThat(bronze.filesAt(bronze.version())).hasSize(1);

    replay("lake", Map.of("silver.max-records-per-batch", "10"), step -> {})
        .applyDays(FIRST_DAY, LAST_DAY);

    assertThat(state("lake")).isEqualTo(fresh());
  }

  /**
   * Lands random commits; the first holds an event of each day that THEN refuses, so that every day
   * has something to correct.
   */
  private void land(String name, int events) {
    if (commits.isEmpty()) {
      commits.add(List.of(event(0, LONG), event(1, LONG), event(2, LONG)));
    }
    for (int left = events; left > 0; ) {
      List<String> commit = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(25) && left > 0; i++, left--) {
        commit.add(event());
      }
      commits.add(commit);
    }
    land(name);
  }

  private void land(String name) {
    Lake lake = lake(name, TODAY);
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    long landed = bronze.state().commitSeq();
    long offset = 0;
    for (int i = 0; i < commits.size(); i++) {
      if (i >= landed) {
        BronzeCommits.commit(lake, KAFKA_TIME, i + 1L, offset, commits.get(i));
      }
      offset += commits.get(i).size();
    }
  }

  /** Few ids and times, so that copies and conflicts abound; some pages are too long for THEN. */
  private String event() {
    if (random.nextInt(12) == 0) {
      return "{broken";
    }
    int id = random.nextInt(9);
    return event(id, random.nextInt(3) == 0 ? LONG : "/p" + random.nextInt(2));
  }

  private static String event(int id, String page) {
    return "{\"event_id\":\"e%d\",\"timestamp\":\"%sT10:00:0%dZ\",\"user_id\":\"u\",\"page\":\"%s\"}"
        .formatted(id, FIRST_DAY.plusDays(id % 3), id, page);
  }

  private void silver(String name, Map<String, String> settings) {
    Configuration configuration = configuration(name, settings);
    try (Layer layer = SilverJob.start(Lake.open(spark, configuration), configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Replay replay(String name, Map<String, String> settings, Consumer<String> step) {
    // However many records it validates at once, it comes to the same.
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("silver.max-records-per-batch", Integer.toString(1 + random.nextInt(50)));
    Configuration configuration = configuration(name, all);
    return Replay.of(Lake.open(spark, configuration), configuration, step);
  }

  /** What a silver with today's rules makes of the same bronze from its beginning. */
  private Map<String, Object> fresh() {
    String name = "fresh-" + commits.size();
    land(name);
    silver(name, TODAY);
    return state(name);
  }

  /** Every row of both tables, and the counts. */
  private Map<String, Object> state(String name) {
    Map<Long, String> quarantined = new TreeMap<>();
    LakeTable quarantine = table(name, TableDefinition.QUARANTINE);
    for (Row row :
        quarantine
            .rowsAt(spark, quarantine.version())
            .drop("quarantined_at")
            .selectExpr("offset", "to_json(struct(*))")
            .collectAsList()) {
      assertThat(quarantined.put(row.getLong(0), row.getString(1))).isNull();
    }
    Map<String, Long> counts = new TreeMap<>();
    TableState state = table(name, TableDefinition.SILVER).state();
    for (String mark :
        List.of(TableState.READ, TableState.ROWS, TableState.QUARANTINED, TableState.DUPLICATES)) {
      counts.put(mark, state.get(mark));
    }
    Map<String, Long> reasons = new TreeMap<>();
    quarantine
        .rowsAt(spark, quarantine.version())
        .groupBy("reasons")
        .count()
        .selectExpr("reasons[0].code", "count")
        .collectAsList()
        .forEach(row -> reasons.merge(row.getString(0), row.getLong(1), Long::sum));
    assertThat(state.quarantinedByReason()).isEqualTo(reasons);
    return Map.of("silver", silverRows(name), "quarantine", quarantined, "counts", counts);
  }

  private Map<Long, String> silverRows(String name) {
    Map<Long, String> rows = new TreeMap<>();
    LakeTable silver = table(name, TableDefinition.SILVER);
    for (Row row :
        silver
            .rowsAt(spark, silver.version())
            .selectExpr("offset", "to_json(struct(*))")
            .collectAsList()) {
      assertThat(rows.put(row.getLong(0), row.getString(1))).isNull();
    }
    return rows;
  }

  private void awaitRead(String name) {
    long sent = commits.stream().mapToLong(List::size).sum();
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofMinutes(4))
        .until(() -> table(name, TableDefinition.SILVER).state().read() == sent);
  }

  private LakeTable table(String name, TableDefinition definition) {
    return lake(name, TODAY).table(definition);
  }

  private Lake lake(String name, Map<String, String> settings) {
    return Lake.open(spark, configuration(name, settings));
  }

  private Configuration configuration(String name, Map<String, String> settings) {
    Configuration.Builder builder =
        Configuration.builder().flag("lake.path", folder.resolve(name).toString());
    settings.forEach(builder::flag);
    return builder.build();
  }
}
