package io.medallion.silver;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.Compaction;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.source.BronzeCommits;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Events that come hours and days late, and copies of them across files and restarts, against a
 * computation in plain words.
 */
class LateEventsIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Some pages of a file. */
  private static final int TOGETHER = 1_500;

  private static final AtomicInteger JOBS = new AtomicInteger();
  private static SparkSession spark;

  @TempDir Path folder;

  private final List<String> sent = new ArrayList<>();
  private final List<String> identities = new ArrayList<>();
  private long seq;

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "LateEventsIT", Configuration.builder().flag("spark.master", "local[2]").build());
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onJobStart(SparkListenerJobStart job) {
                JOBS.incrementAndGet();
              }
            });
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** A run in three leaves files of Delta's own writer; what is there is compacted in between. */
  @Tag("full")
  @ParameterizedTest
  @ValueSource(strings = {"700", "100000"})
  void lateCopiesAcrossFilesAndRestartsAreWhatAPlainComputationSays(String chunk) throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    for (int run = 0; run < 7; run++) {
      for (int commit = 0; commit <= random.nextInt(3); commit++) {
        commit(random);
      }
      run(chunk, run % 3 != 1);
      if (run == 3) {
        compact();
      }
    }

    assertThat(wrong()).isEmpty();
    TableState state = table(TableDefinition.SILVER).state();
    assertThat(state.read()).isEqualTo(sent.size());
    assertThat(state.duplicates()).isPositive();
    assertThat(keptIdentities()).contains(true, false);
  }

  @Test
  void theHashesOfADamagedFileAreNotBelieved() throws Exception {
    List<String> first = events(IntStream.range(0, TOGETHER), "/x");
    commit(first);
    run("100000", true);
    TableFile file = onlyFile();
    long offset = file.identities(IdentityKind.ID_AND_TIME).orElseThrow().offset();
    Path path = Path.of(table(TableDefinition.SILVER).path(), file.path());
    // Hadoop's own checksums of a local file would notice as well.
    Files.delete(path.resolveSibling("." + path.getFileName() + ".crc"));
    try (RandomAccessFile bytes = new RandomAccessFile(path.toFile(), "rw")) {
      for (long at = offset + 1_000; at < offset + TOGETHER * 8; at += 8) {
        bytes.seek(at);
        bytes.write(7);
      }
    }
    commit(List.of(first.get(3), first.get(700), first.get(1_400)));
    run("100000", true);

    assertThat(wrong()).isEmpty();
    assertThat(table(TableDefinition.SILVER).state().duplicates()).isEqualTo(3);
  }

  @Test
  void lateEventsThatAreNewMakeSilverReadNoFileAndCopiesOneMoreTime() throws Exception {
    commit(events(IntStream.range(0, TOGETHER), "/x"));
    run("100000", true);
    commit(List.of(event("new", START.plusSeconds(30), "/x")));
    int onTime = jobsOfARun();
    List<String> late = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      late.add(event("late" + i, START.plusMillis(5L * i), "/x"));
    }
    commit(late);
    int lateOnes = jobsOfARun();
    commit(events(IntStream.of(3), "/x"));
    int copies = jobsOfARun();

    assertThat(wrong()).isEmpty();
    assertThat(lateOnes).isEqualTo(onTime);
    assertThat(copies).isEqualTo(onTime + 1);
  }

  /** How many Spark jobs a start of silver takes that has a commit of bronze to read. */
  private int jobsOfARun() throws Exception {
    spark.sparkContext().listenerBus().waitUntilEmpty();
    int before = JOBS.get();
    run("100000", true);
    spark.sparkContext().listenerBus().waitUntilEmpty();
    return JOBS.get() - before;
  }

  /**
   * One in twenty is hours or days late; one in ten is a copy of any before, or claims its
   * identity, or its id at another time.
   */
  private void commit(Random random) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < TOGETHER; i++) {
      Duration behind =
          random.nextInt(20) > 0
              ? Duration.ofMillis(random.nextInt(2_000))
              : random.nextInt(10) > 0
                  ? Duration.ofMillis(random.nextInt(43_200_000))
                  : Duration.ofMillis(
                      (1 + random.nextInt(4)) * 86_400_000L + random.nextInt(86_400_000));
      String identity =
          identity("e" + (sent.size() + i), START.plusSeconds(10 * seq).minus(behind));
      int kind = random.nextInt(30);
      if (kind < 3 && !identities.isEmpty()) {
        identity = identities.get(random.nextInt(identities.size()));
      } else if (kind == 3 && !identities.isEmpty()) {
        identity =
            identities.get(random.nextInt(identities.size())).replaceFirst("([.]...)Z", "$1001Z");
      }
      identities.add(identity);
      values.add(identity + "\"user_id\":\"u\",\"page\":\"/" + (kind == 2 ? "y" : "x") + "\"}");
    }
    commit(values);
  }

  private void commit(List<String> values) {
    seq++;
    BronzeCommits.commit(lake(true), START.plusSeconds(10 * seq), seq, sent.size(), values);
    sent.addAll(values);
  }

  private static List<String> events(IntStream numbers, String page) {
    return numbers.mapToObj(i -> event("e" + i, START.plusMillis(10L * i), page)).toList();
  }

  private static String event(String id, Instant time, String page) {
    return identity(id, time) + "\"user_id\":\"u\",\"page\":\"" + page + "\"}";
  }

  private static String identity(String id, Instant time) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"%s\",".formatted(id, MILLIS.format(time));
  }

  private void run(String chunk, boolean fastWriter) throws Exception {
    Configuration configuration = configuration(chunk, fastWriter);
    try (Layer layer = SilverJob.start(Lake.open(spark, configuration), configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private void compact() {
    Lake lake = lake(true);
    Compaction compaction = lake.table(TableDefinition.SILVER).compaction();
    for (Compaction.Group group : compaction.plan(Instant.now().plusSeconds(60), 1 << 20)) {
      assertThat(
              compaction.commit(
                  spark,
                  List.of(compaction.prepare(spark, group)),
                  () -> lake.lockCommits(TableDefinition.SILVER)))
          .isEmpty();
    }
  }

  private TableFile onlyFile() {
    LakeTable silver = table(TableDefinition.SILVER);
    List<TableFile> files = silver.filesAt(silver.version());
    assertThat(files).hasSize(1);
    return files.get(0);
  }

  private List<Boolean> keptIdentities() {
    LakeTable silver = table(TableDefinition.SILVER);
    return silver.filesAt(silver.version()).stream()
        .map(file -> file.identities(IdentityKind.ID_AND_TIME).isPresent())
        .toList();
  }

  /** What became of a record and what should have, by offset, where that is not the same. */
  private Map<Long, String> wrong() {
    Map<Long, String> results = results();
    Map<Long, String> wrong = new TreeMap<>();
    Map<Long, String> expected = expected();
    for (long offset = 0; offset < sent.size(); offset++) {
      String is = results.getOrDefault(offset, "duplicate");
      String ought = expected.getOrDefault(offset, "duplicate");
      if (!is.equals(ought)) {
        wrong.put(offset, "%s, not %s: %s".formatted(is, ought, sent.get((int) offset)));
      }
    }
    return wrong;
  }

  /** The first of an identity is the event; a copy with its payload is a duplicate. */
  private Map<Long, String> expected() {
    Map<Long, String> expected = new TreeMap<>();
    Map<String, String> firsts = new HashMap<>();
    for (int i = 0; i < sent.size(); i++) {
      String value = sent.get(i);
      String first = firsts.putIfAbsent(value.substring(0, value.indexOf("\"user_id\"")), value);
      if (first == null) {
        expected.put((long) i, "silver");
      } else if (!first.equals(value)) {
        expected.put((long) i, "ID_CONFLICT");
      }
    }
    return expected;
  }

  private Map<Long, String> results() {
    Map<Long, String> results = new TreeMap<>();
    LakeTable silver = table(TableDefinition.SILVER);
    silver
        .rowsAt(spark, silver.version())
        .select("offset")
        .collectAsList()
        .forEach(row -> assertThat(results.put(row.getLong(0), "silver")).isNull());
    LakeTable quarantine = table(TableDefinition.QUARANTINE);
    quarantine
        .rowsAt(spark, quarantine.version())
        .selectExpr("offset", "reasons[0].code")
        .collectAsList()
        .forEach(row -> assertThat(results.put(row.getLong(0), row.getString(1))).isNull());
    return results;
  }

  private LakeTable table(TableDefinition definition) {
    return lake(true).table(definition);
  }

  private Lake lake(boolean fastWriter) {
    return Lake.open(spark, configuration("100000", fastWriter));
  }

  private Configuration configuration(String chunk, boolean fastWriter) {
    return Configuration.builder()
        .flag("lake.path", folder.toString())
        .flag("lake.fast-writer", Boolean.toString(fastWriter))
        .flag("silver.max-records-per-batch", chunk)
        .build();
  }
}
