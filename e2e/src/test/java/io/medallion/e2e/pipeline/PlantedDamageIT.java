package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.bronze.BronzeJob;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.e2e.pipeline.PlantedDamage.Damage;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every damage of {@link PlantedDamage} is found, or it is told that nobody looked. */
@Tag("full")
class PlantedDamageIT {
  /** It knows the addresses of the demo. */
  static final String ASN_DATABASE = "../silver/src/test/resources/geoip/asn.mmdb";

  private static final String FILES = "every data file is there and can be read";

  private static final String BROKEN = "{\"no\":\"event\"}";

  /** So many of a check at once: its first findings are all told. */
  private static final int AT_ONCE = 3;

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static PristineLake pristine;
  private static SparkSession session;
  private static final Map<PlantedDamage.Row, List<Row>> ROWS =
      new EnumMap<>(PlantedDamage.Row.class);

  @BeforeAll
  static void start() throws Exception {
    pipeline =
        Pipeline.in(
            folder, Map.of("gold.user-events", "true", "silver.geoip.asn-database", ASN_DATABASE));
    session = BatchProfile.LOW_LATENCY.session(pipeline.lake().session());
    simulate(31, 1_000);
    pipeline.drain();
    proofSinceLast();
    // New to that proof.
    simulate(32, 500);
    send(event("one", 10), event("one", 10), event("one", 20), event("two", 30), BROKEN);
    pipeline.drain();
    Pipeline.awaitCheckpoints();
    pristine = PristineLake.of(pipeline, folder);
    rows();
  }

  private static void simulate(long seed, int events) {
    new Simulator(
            TrafficSettings.of(pipeline.kafka())
                .withSeed(seed)
                .withCount(events)
                .withRate(0)
                .withUsers(100)
                .withStart(Instant.now().minus(Duration.ofMinutes(10))))
        .run(() -> false, progress -> {});
  }

  @AfterEach
  void restore() throws SQLException {
    pristine.restoreLake();
    pristine.restoreGold();
  }

  @AfterAll
  static void stop() {
    pipeline.close();
  }

  /** The same identity with other prices is a copy with another payload. */
  private static String event(String id, int price) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"event_type\":\"purchase\",\"price\":%d,\"currency\":\"EUR\"}"
        .formatted(id, price);
  }

  private static void send(String... events) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            new HashMap<>(pipeline.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String event : events) {
        producer
            .send(
                new ProducerRecord<>(
                    "clickstream_events", 0, null, event.getBytes(StandardCharsets.UTF_8)))
            .get();
      }
    }
  }

  private static String table(String name) {
    TableDefinition definition =
        TableDefinition.ALL.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
    return "delta.`%s`".formatted(pipeline.lake().table(definition).path());
  }

  /** Rows of each kind, of which each damage takes one of its own. */
  private static void rows() {
    String copies =
        "select b.topic, b.partition, b.offset, get_json_object(cast(b.value as string), '$.event_id') as id from %s b left anti join %s s using (topic, partition, offset) left anti join (select * from %s where reasons[0].code <> 'ID_CONFLICT') q using (topic, partition, offset)"
            .formatted(table("bronze"), table("silver"), table("quarantine"));
    ROWS.put(
        PlantedDamage.Row.EVENT,
        found(
            "select topic, partition, offset from %s where not is_bot and geo_status = 'found' and asn is not null and page is not null and event_id not in (select id from (%s) where id is not null) order by offset desc, partition"
                .formatted(table("silver"), copies)));
    ROWS.put(
        PlantedDamage.Row.REFUSED,
        found(
            "select topic, partition, offset from %s where reasons[0].code <> 'ID_CONFLICT' order by offset desc, partition"
                .formatted(table("quarantine"))));
    ROWS.put(
        PlantedDamage.Row.CONFLICT,
        found(
            "select topic, partition, offset from %s where reasons[0].code = 'ID_CONFLICT' order by offset desc, partition"
                .formatted(table("quarantine"))));
    ROWS.put(
        PlantedDamage.Row.COPY,
        found(
            "select topic, partition, offset from (%s) left anti join %s using (topic, partition, offset) order by offset desc, partition"
                .formatted(copies, table("quarantine"))));
    ROWS.forEach((kind, found) -> assertThat(found).as("%s", kind).isNotEmpty());
  }

  private static List<Row> found(String query) {
    return session.sql(query).collectAsList();
  }

  @Test
  void nothingIsFoundAndNothingLeftOutWhereNothingIsWrong() {
    VerifyReport report = proof();
    assertThat(report.holds()).as("%s", report).isTrue();
    assertThat(report.isWhole()).as("%s", report).isTrue();
    assertThat(report.checks()).allMatch(check -> check.examined() > 0);
  }

  @Test
  void everyDamageIsFoundOrToldNotToBeLookedAt() throws Exception {
    assertThat(missed(PlantedDamageIT::proof)).isEmpty();
  }

  @Test
  void everyDamageToWhatIsNewIsFoundSinceTheLastProof() throws Exception {
    Path kept = folder.resolve("proof.json");
    byte[] proof = Files.readAllBytes(kept);
    List<Boolean> derived = new ArrayList<>();
    List<String> missed =
        missed(
            () -> {
              Files.write(kept, proof);
              VerifyReport report = proofSinceLast();
              derived.add(report.sinceLast().provenAt() == null);
              return report;
            });
    assertThat(missed).isEmpty();
    assertThat(derived).as("whether everything was derived again").contains(false);
  }

  /** The damages that a proof does not find. */
  private static List<String> missed(Callable<VerifyReport> proof) throws Exception {
    List<Damage> all = PlantedDamage.all();
    assertThat(all).hasSizeGreaterThanOrEqualTo(60);
    List<String> missed = new ArrayList<>();
    for (List<Damage> round : rounds(all)) {
      Map<Damage, String> words = new LinkedHashMap<>();
      Map<PlantedDamage.Row, Deque<Row>> left = new EnumMap<>(PlantedDamage.Row.class);
      ROWS.forEach((kind, rows) -> left.put(kind, new ArrayDeque<>(rows)));
      for (Damage damage : round) {
        words.put(damage, plant(damage, left));
      }
      VerifyReport report = proof.call();
      words.forEach(
          (damage, expected) -> {
            if (!isFound(damage, expected, report)) {
              missed.add(
                  "%s (%s: %s)\n  %s".formatted(damage.name(), damage.check(), expected, report));
            }
          });
      pristine.restoreLake();
      pristine.restoreGold();
    }
    return missed;
  }

  /** As many at once as do not stand in each other's way. */
  private static List<List<Damage>> rounds(List<Damage> all) {
    List<List<Damage>> rounds = new ArrayList<>();
    for (Damage damage : all) {
      rounds.stream()
          .filter(round -> !damage.isAlone() && !round.get(0).isAlone())
          .filter(round -> round.stream().filter(damage::isLike).count() < AT_ONCE)
          .findFirst()
          .orElseGet(
              () -> {
                rounds.add(new ArrayList<>());
                return rounds.get(rounds.size() - 1);
              })
          .add(damage);
    }
    return rounds;
  }

  /** Returns the words in which it must be told. */
  private static String plant(Damage damage, Map<PlantedDamage.Row, Deque<Row>> left)
      throws SQLException {
    if (damage.table() == null) {
      pipeline.spoil(damage.statements());
      return damage.words();
    }
    Row row = left.get(damage.row()).pop();
    for (String statement : damage.statements().split("; ", -1)) {
      session.sql(
          statement
              .replace("%t", table(damage.table()))
              .replace("%q", table("quarantine"))
              .replace("%b", table("bronze"))
              .replace(
                  "%p", "partition = %d and offset = %d".formatted(row.getInt(1), row.getLong(2))));
    }
    return damage
        .words()
        .replace("%r", "%s-%d@%d".formatted(row.getString(0), row.getInt(1), row.getLong(2)));
  }

  private static boolean isFound(Damage damage, String words, VerifyReport report) {
    if (damage.check().equals(PlantedDamage.NOT_LOOKED_AT)) {
      return !report.isWhole()
          && (report.unchecked().contains(words)
              || report.omitted().stream().anyMatch(what -> what.contains(words)));
    }
    return !report.holds()
        && report.checks().stream()
            .filter(check -> check.name().equals(damage.check()))
            .anyMatch(
                check ->
                    check.off() > 0
                        && check.examples().stream().anyMatch(found -> found.contains(words)));
  }

  @Test
  void silverThatWasChangedTogetherWithGoldIsFound() throws Exception {
    session.sql(
        "update %s set is_bot = true, browser = 'Netscape', country = 'Atlantis' where offset %% 7 = 3"
            .formatted(table("silver")));
    pipeline.rebuildGold();
    VerifyReport report = proof();
    assertThat(report.checks())
        .filteredOn(check -> check.layer().equals("gold"))
        .allMatch(check -> check.off() == 0);
    assertThat(of(report, PlantedDamage.SAME).off()).isPositive();
    assertThat(of(report, PlantedDamage.LOCATED).off()).isPositive();
  }

  @Test
  void filesThatAreGoneTornOrUnreadableAreFindingsAndTheOthersAreRead() throws Exception {
    Path gone = file(TableDefinition.QUARANTINE);
    Files.delete(gone);
    Path torn = file(TableDefinition.SILVER);
    byte[] whole = Files.readAllBytes(torn);
    Files.write(torn, Arrays.copyOf(whole, whole.length / 2));
    Path unreadable = file(TableDefinition.BRONZE);
    byte[] bytes = Files.readAllBytes(unreadable);
    Arrays.fill(bytes, 4, bytes.length - 8, (byte) 0);
    Files.write(unreadable, bytes);

    VerifyReport report = proof();

    assertThat(of(report, FILES).off()).isGreaterThanOrEqualTo(3);
    assertThat(String.join("\n", of(report, FILES).examples()))
        .contains(gone.getFileName() + " of quarantine", "is gone")
        .contains(torn.getFileName() + " of silver", "bytes, not")
        .contains(unreadable.getFileName() + " of bronze", "cannot be read")
        .contains("LAKE_FILE_LOST");
    assertThat(of(report, "gold.sessions is what silver says").examined()).isPositive();
  }

  @Test
  void aRowOfABatchThatIsNotDoneIsNoFindingUnlessItIsThereTwice() throws Exception {
    send(BROKEN);
    try (Layer bronze = BronzeJob.start(pipeline.lake(), pipeline.configuration(), true)) {
      bronze.await();
    }
    // What silver commits to quarantine before its own commit.
    session.sql(
        "insert into %2$s by name select key, value, headers, source_epoch, topic, partition, offset, kafka_timestamp, timestamp_type, commit_seq, ingested_at, ingest_date, now() as quarantined_at, cast(null as int) as event_index, r.* from (select * from %1$s where cast(value as string) = '%3$s' order by commit_seq desc limit 1) cross join (select reasons, rules_version, contract_version from %2$s where cast(value as string) = '%3$s') r"
            .formatted(table("bronze"), table("quarantine"), BROKEN));
    VerifyReport once = proof();
    assertThat(once.holds()).as("%s", once).isTrue();
    session.sql(
        "insert into %1$s select * from %1$s where commit_seq = (select max(commit_seq) from %1$s)"
            .formatted(table("quarantine")));
    VerifyReport twice = proof();
    assertThat(of(twice, PlantedDamage.ONE_PLACE).off()).as("%s", twice).isEqualTo(1);
  }

  private static Path file(TableDefinition definition) {
    LakeTable table = pipeline.lake().table(definition);
    String path = table.filesAt(table.version()).get(0).path();
    return Path.of(table.path()).resolve(URI.create(path).getPath());
  }

  private static VerifyReport proofSinceLast() {
    return new LakeCheck(pipeline.lake(), pipeline.configuration())
        .proveSinceLast(folder.resolve("proof.json"));
  }

  private static VerifyReport proof() {
    return new LakeCheck(pipeline.lake(), pipeline.configuration()).prove(EventDays.ALL);
  }

  private static Check of(VerifyReport report, String name) {
    return report.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }
}
