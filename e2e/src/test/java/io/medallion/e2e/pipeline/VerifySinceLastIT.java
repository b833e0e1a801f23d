package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.operations.Backfill;
import io.medallion.operations.Maintenance;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What came since the last proof is proven, and what was proven before must be unchanged. */
@Tag("full")
class VerifySinceLastIT {
  private static final String SAME = "silver says what bronze's bytes say";
  private static final String VIEWS = "gold.page_views is what silver says";

  /** Of the events that are not simulated. */
  private static final LocalDate DAY = LocalDate.parse("2026-03-01");

  @TempDir Path folder;
  private Pipeline pipeline;
  private int sent;

  @BeforeEach
  void start() throws Exception {
    pipeline = Pipeline.in(folder, Map.of("gold.user-events", "true"));
    simulate();
    pipeline.send(List.of(event("one", 10), event("two", 10)));
    pipeline.drain();
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void whatIsNewIsDerivedAndWhatWasProvenMustBeUnchanged() throws Exception {
    VerifyReport first = proof();
    assertThat(first.holds() && first.isWhole()).as("%s", first).isTrue();
    assertThat(first.sinceLast().provenAt()).isNull();
    assertThat(first.sinceLast().lookedAtAgain())
        .singleElement()
        .asString()
        .startsWith("there is none at ");
    assertThat(first.sinceLast().notKept()).isEmpty();

    VerifyReport idle = proof();
    assertThat(idle.holds() && idle.isWhole()).as("%s", idle).isTrue();
    assertThat(idle.sinceLast().provenAt()).as("%s", idle).isNotNull();
    assertThat(of(idle, SAME).examined()).isZero();
    assertThat(idle.sinceLast().rows().get("silver")).isEqualTo(of(first, SAME).examined());
    assertThat(idle.sinceLast().rows().get("gold")).isPositive();
    assertThat(idle.sinceLast().asProven()).contains(VIEWS);
    assertThat(names(idle)).isEqualTo(names(first));

    simulate();
    // A copy of a proven event, one with another payload, and an event of its own.
    pipeline.send(List.of(event("one", 10), event("two", 20), event("three", 10)));
    pipeline.drain();
    VerifyReport more = proof();
    assertThat(more.holds() && more.isWhole()).as("%s", more).isTrue();
    assertThat(more.sinceLast().provenAt()).as("%s", more).isNotNull();
    assertThat(of(more, SAME).examined()).isPositive().isLessThan(of(first, SAME).examined());
    assertThat(more.sinceLast().rows().get("silver")).isEqualTo(of(first, SAME).examined());
    assertThat(more.sinceLast().asProven()).isEmpty();

    pipeline.spoil(
        "update gold.page_views set views = views + 1 where ctid = (select min(ctid) from gold.page_views)");
    sql("update %s set page = '/other' where event_id = 'one'", TableDefinition.SILVER);
    VerifyReport damaged = proof();
    assertThat(damaged.holds()).isFalse();
    assertThat(of(damaged, SAME).off()).as("%s", damaged).isEqualTo(1);
    assertThat(of(damaged, VIEWS).off()).isPositive();
    assertThat(damaged.sinceLast().lookedAtAgain())
        .singleElement()
        .asString()
        .startsWith("rows of silver that were proven have been changed");
    assertThat(damaged.sinceLast().notKept()).containsExactly("something is off");
  }

  @Test
  void aChangeOfGoldAloneIsFoundAndNamed() throws Exception {
    proof();
    for (String damage :
        List.of(
            "update gold.sessions set exit_page = '/other' where ctid = (select min(ctid) from gold.sessions)",
            "delete from gold.daily_users where ctid = (select min(ctid) from gold.daily_users)",
            "update gold.user_events set product_id = 'other' where ctid = (select min(ctid) from gold.user_events)",
            "delete from gold.definitions where mart = 'revenue'",
            "delete from gold.ledger")) {
      pipeline.spoil(damage);
      VerifyReport report = proof();
      assertThat(report.holds()).as("%s: %s", damage, report).isFalse();
      assertThat(report.sinceLast().asProven()).isEmpty();
      assertThat(of(report, SAME).examined()).as("silver is unchanged").isZero();
    }
  }

  @Test
  void ofNewRowsEveryOneIsJudgedAlsoByWhatIsProven() throws Exception {
    proof();
    simulate();
    pipeline.send(List.of(event("one", 10), event("two", 20)));
    pipeline.drain();
    String silver = name(TableDefinition.SILVER);
    String bronze = name(TableDefinition.BRONZE);
    // The copy, put into silver with the commit that brought it.
    sql(
        "insert into %s by name select s.* except (partition, offset, commit_seq, kafka_timestamp, ingested_at), b.* from "
            + silver
            + " s cross join (select partition, offset, commit_seq, kafka_timestamp, ingested_at from "
            + bronze
            + " where cast(value as string) like '%%\"one\"%%' order by commit_seq desc limit 1) b where s.event_id = 'one'",
        TableDefinition.SILVER);
    VerifyReport report = proof();
    assertThat(report.sinceLast().provenAt()).as("%s", report).isNotNull();
    assertThat(of(report, "silver holds each event once").off()).isEqualTo(1);

    // A row at a position that is proven.
    sql("insert into %1$s select * from %1$s where event_id = 'two'", TableDefinition.SILVER);
    report = proof();
    assertThat(report.sinceLast().provenAt()).isNull();
    assertThat(of(report, "each bronze row is one of silver, quarantine, duplicate").off())
        .as("%s", report)
        .isPositive();
  }

  @Test
  void compactionKeepsAProofAndRewritesDoNot() throws Exception {
    proof();
    simulate();
    pipeline.drain();
    List<String> proven = files(TableDefinition.SILVER);
    new Maintenance(
            pipeline.lake(),
            pipeline.configuration(),
            Clock.offset(Clock.systemUTC(), Duration.ofHours(2)))
        .apply();
    pipeline.drain();
    assertThat(files(TableDefinition.SILVER).containsAll(proven)).isFalse();
    VerifyReport compacted = proof();
    assertThat(compacted.holds()).as("%s", compacted).isTrue();
    assertThat(compacted.sinceLast().provenAt()).as("%s", compacted).isNotNull();
    assertThat(of(compacted, SAME).examined())
        .isPositive()
        .isLessThan(compacted.sinceLast().rows().get("silver"));

    VerifyReport idle = proof();
    assertThat(idle.sinceLast().asProven()).as("%s", idle).contains(VIEWS);

    sql(
        "update %s set price = 1 where commit_seq = 1 and price is not null",
        TableDefinition.SILVER);
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    Backfill.of(pipeline.lake(), pipeline.configuration()).apply(DAY, today);
    pipeline.rebuildGold();
    VerifyReport backfilled = proof();
    assertThat(backfilled.holds()).as("%s", backfilled).isTrue();
    assertThat(backfilled.sinceLast().notKept()).isEmpty();
  }

  @Test
  void otherBytesOfAFileAnOlderTableAndOtherSettingsProveNothing() throws Exception {
    proof();
    Path kept = folder.resolve("proof.json");
    byte[] proof = Files.readAllBytes(kept);
    Path file = file(TableDefinition.BRONZE);
    byte[] bytes = Files.readAllBytes(file);
    byte[] flipped = bytes.clone();
    flipped[bytes.length / 3] ^= 1;
    Files.write(file, flipped);
    // Hadoop's own checksum would tell as well.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    VerifyReport report = proof();
    assertThat(report.sinceLast().lookedAtAgain())
        .anyMatch(why -> why.contains("files of bronze have other bytes"));
    Files.write(file, bytes);
    Files.write(kept, proof);
    assertThat(proof().sinceLast().provenAt()).isNotNull();

    assertThat(
            new LakeCheck(
                    pipeline.lake(),
                    Configuration.builder()
                        .services(pipeline.settings(), "the test's services")
                        .flag("gold.user-events", "true")
                        .flag("silver.max-depth", "7")
                        .build())
                .proveSinceLast(kept)
                .sinceLast()
                .lookedAtAgain())
        .anyMatch(why -> why.startsWith("settings, the contract"));

    Files.write(kept, proof);
    simulate();
    pipeline.drain();
    assertThat(proof().sinceLast().provenAt()).isNotNull();
    LakeTable silver = pipeline.lake().table(TableDefinition.SILVER);
    long before = silver.version();
    sql("restore table %s to version as of " + (before - 1), TableDefinition.SILVER);
    VerifyReport restored = proof();
    assertThat(restored.holds()).as("%s", restored).isFalse();
    assertThat(restored.sinceLast().provenAt()).isNull();
  }

  private VerifyReport proof() {
    return new LakeCheck(pipeline.lake(), pipeline.configuration())
        .proveSinceLast(folder.resolve("proof.json"));
  }

  private static List<String> names(VerifyReport report) {
    return report.checks().stream().map(Check::name).sorted().toList();
  }

  private static Check of(VerifyReport report, String name) {
    return report.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private String name(TableDefinition table) {
    return "delta.`" + pipeline.lake().table(table).path() + "`";
  }

  private void sql(String statement, TableDefinition table) {
    SparkSession session = BatchProfile.LOW_LATENCY.session(pipeline.lake().session());
    session.sql(statement.formatted(name(table)));
  }

  private List<String> files(TableDefinition definition) {
    LakeTable table = pipeline.lake().table(definition);
    return table.filesAt(table.version()).stream().map(TableFile::path).toList();
  }

  private Path file(TableDefinition definition) {
    return Path.of(pipeline.lake().table(definition).path())
        .resolve(URI.create(files(definition).get(0)).getPath());
  }

  /** The same identity with another price is a copy with another payload. */
  private static String event(String id, int price) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"event_type\":\"purchase\",\"price\":%d,\"currency\":\"EUR\"}"
        .formatted(id, price);
  }

  /** Fewer the second time. */
  private void simulate() {
    new Simulator(
            TrafficSettings.of(pipeline.kafka())
                .withSeed(31 + sent)
                .withCount(sent++ == 0 ? 900 : 300)
                .withRate(0)
                .withUsers(60)
                .withStart(Instant.now().minus(Duration.ofMinutes(10))))
        .run(() -> false, progress -> {});
  }
}
