package io.medallion.silver;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.replay.Replay;
import io.medallion.silver.source.BronzeCommits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random contracts that state how far apart the times of one event's copies may be, and random
 * copies near that bound and across midnight: silver holds what a plain reader, which compares each
 * record with every event before it, takes for events.
 */
class RandomIdentityIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-05T12:00:00Z");

  /** Where events are put, and copies of them around. */
  private static final List<Instant> AROUND =
      List.of(
          Instant.parse("2026-03-01T00:00:00Z"),
          Instant.parse("2026-03-02T00:00:00Z"),
          Instant.parse("2026-03-01T09:30:00Z"));

  private static final Map<String, Long> MILLIS =
      Map.of("1s", 1_000L, "90s", 90_000L, "10m", 600_000L, "3h", 10_800_000L, "24h", 86_400_000L);

  private static SparkSession spark;

  @TempDir Path folder;

  /**
   * What a contract says of identity.
   *
   * @param within how far apart times may be; null if times must be the same
   * @param ignored what copies may differ in
   * @param id the path of the id, if it is not our own name
   * @param time the path of the time, if it is not our own name; in milliseconds then
   */
  private record Declared(
      String within, Set<String> ignored, Optional<String> id, Optional<String> time) {
    static Declared of(RandomGenerator random) {
      Set<String> ignored = new TreeSet<>();
      for (String path : List.of("sent_at", "meta.attempt")) {
        if (random.nextBoolean()) {
          ignored.add(path);
        }
      }
      List<String> spans = MILLIS.keySet().stream().sorted().toList();
      boolean isWithin = ignored.isEmpty() || random.nextInt(6) > 0;
      return new Declared(
          isWithin ? spans.get(random.nextInt(spans.size())) : null,
          ignored,
          random.nextBoolean() ? Optional.of("meta.key") : Optional.empty(),
          random.nextBoolean() ? Optional.of("clock") : Optional.empty());
    }

    long reach() {
      return within == null ? 0 : MILLIS.get(within);
    }

    String yaml() {
      List<String> fields = new ArrayList<>();
      id.ifPresent(path -> fields.add("event_id: {from: %s}".formatted(path)));
      time.ifPresent(path -> fields.add("timestamp: {from: %s, unit: ms}".formatted(path)));
      List<String> identity = new ArrayList<>();
      if (within != null) {
        identity.add("within: " + within);
      }
      if (!ignored.isEmpty()) {
        identity.add("ignore: [%s]".formatted(String.join(", ", ignored)));
      }
      return (fields.isEmpty() ? "" : "fields: {%s}%n".formatted(String.join(", ", fields)))
          + "identity: {%s}%n".formatted(String.join(", ", identity));
    }
  }

  /** What a producer sends. */
  private record Sent(String id, long millis, int price, int sentAt, int attempt) {
    /** One of few ids, near a border of days, or about as far from it as copies may be. */
    static Sent of(Declared declared, RandomGenerator random) {
      long reach = Math.max(declared.reach(), 1_000);
      long apart =
          switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> reach;
            case 2 -> reach + 1;
            case 3 -> random.nextLong(reach);
            default -> 1 + random.nextInt(3);
          };
      long around = AROUND.get(random.nextInt(AROUND.size())).toEpochMilli();
      return new Sent(
          "e" + random.nextInt(6),
          random.nextBoolean() ? around + apart : around - apart,
          random.nextInt(4) == 0 ? 2 : 1,
          random.nextInt(2),
          random.nextInt(2));
    }

    String json(Declared declared) {
      return """
          {"user_id":"u","price":%d,"sent_at":%d,"meta":{"attempt":%d,"key":"%s"},"event_id":"%s",%s}"""
          .formatted(
              price,
              sentAt,
              attempt,
              declared.id().isPresent() ? id : "k",
              declared.id().isPresent() ? "k" : id,
              declared.time().isPresent()
                  ? "\"%s\":%d".formatted(declared.time().get(), millis)
                  : "\"timestamp\":\"%s\"".formatted(Instant.ofEpochMilli(millis)));
    }

    LocalDate day() {
      return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }

    boolean isNear(Sent other, long reach) {
      return id.equals(other.id) && Math.abs(millis - other.millis) <= reach;
    }

    boolean hasPayloadOf(Sent other, Set<String> ignored) {
      return price == other.price
          && (ignored.contains("sent_at") || sentAt == other.sentAt)
          && (ignored.contains("meta.attempt") || attempt == other.attempt);
    }
  }

  /** What became of records, by their offsets; of copies with their event's payload how many. */
  private record Outcome(Set<Long> events, Set<Long> conflicts, long duplicates) {
    static Outcome of(Declared declared, List<Sent> sent) {
      Map<Long, Sent> events = new TreeMap<>();
      Set<Long> conflicts = new TreeSet<>();
      long duplicates = 0;
      for (int offset = 0; offset < sent.size(); offset++) {
        Sent record = sent.get(offset);
        List<Sent> near =
            events.values().stream().filter(e -> e.isNear(record, declared.reach())).toList();
        if (near.isEmpty()) {
          events.put((long) offset, record);
        } else if (near.stream().anyMatch(e -> e.hasPayloadOf(record, declared.ignored()))) {
          duplicates++;
        } else {
          conflicts.add((long) offset);
        }
      }
      return new Outcome(events.keySet(), conflicts, duplicates);
    }
  }

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "RandomIdentityIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void silverHoldsWhatAPlainReaderTakesForEvents() throws Exception {
    tryContracts(3);
  }

  @Tag("full")
  @Test
  void silverHoldsWhatAPlainReaderTakesForEventsOfManyContracts() throws Exception {
    tryContracts(20);
  }

  private void tryContracts(int contracts) throws Exception {
    System.out.println("RandomIdentityIT seed " + SEED);
    Random random = new Random(SEED);
    long acrossMidnight = 0;
    for (int i = 0; i < contracts; i++) {
      acrossMidnight += tryContract(i, random);
    }
    assertThat(acrossMidnight).as("seed %d", SEED).isPositive();
  }

  /** Returns how many records are near another one of their id on the other side of midnight. */
  private long tryContract(int number, Random random) throws Exception {
    Declared declared = Declared.of(random);
    Path contract = Files.writeString(folder.resolve(number + ".yaml"), declared.yaml());
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.resolve("lake-" + number).toString())
            .flag("silver.contract", contract.toString())
            .build();
    List<Sent> sent = new ArrayList<>();
    for (int batch = 1; batch <= 3; batch++) {
      List<Sent> records =
          Stream.generate(() -> Sent.of(declared, random)).limit(random.nextInt(10, 30)).toList();
      BronzeCommits.commit(
          Lake.open(spark, configuration),
          KAFKA_TIME,
          batch,
          sent.size(),
          records.stream().map(record -> record.json(declared)).toList());
      sent.addAll(records);
      run(configuration);
    }

    Outcome expected = Outcome.of(declared, sent);
    String where =
        "seed %d%n%s%s"
            .formatted(
                SEED,
                declared.yaml(),
                sent.stream().map(Sent::toString).collect(Collectors.joining("\n")));
    assertThat(outcome(configuration)).as(where).isEqualTo(expected);

    // A day that is replayed alone comes out the same, whatever stands on the other side of
    // midnight and has come there later.
    LocalDate day =
        LocalDate.ofInstant(AROUND.get(random.nextInt(2)), ZoneOffset.UTC)
            .minusDays(random.nextInt(2));
    Replay.of(Lake.open(spark, configuration), configuration).applyDays(day, day);
    assertThat(outcome(configuration)).as("%s replayed, %s", day, where).isEqualTo(expected);
    return sent.stream()
        .filter(
            one ->
                sent.stream()
                    .filter(other -> one.isNear(other, declared.reach()))
                    .anyMatch(other -> !one.day().equals(other.day())))
        .count();
  }

  private static void run(Configuration configuration) throws Exception {
    try (Layer layer = SilverJob.start(Lake.open(spark, configuration), configuration, true)) {
      layer.await();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private static Outcome outcome(Configuration configuration) {
    Lake lake = Lake.open(spark, configuration);
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return new Outcome(
        offsets(silver, "true"),
        offsets(lake.table(TableDefinition.QUARANTINE), "reasons[0].code = 'ID_CONFLICT'"),
        silver.state().duplicates());
  }

  /** Of rows that are as they should be; of another one it fails. */
  private static Set<Long> offsets(LakeTable table, String condition) {
    Set<Long> offsets = new TreeSet<>();
    table
        .rowsAt(spark, table.version())
        .selectExpr("offset", condition)
        .collectAsList()
        .forEach(
            row -> {
              assertThat(row.getBoolean(1)).as("%s", row).isTrue();
              assertThat(offsets.add(row.getLong(0))).as("%s twice", row).isTrue();
            });
    return offsets;
  }
}
