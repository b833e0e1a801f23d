package io.medallion.operations.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.silver.SilverJob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of damage to the lake's tables is found, and nothing where there is none. */
class LakeProofIT {
  private static final Instant KAFKA_TIME = Instant.parse("2026-03-01T12:00:00Z");
  private static final String ONE_VERDICT =
      "each bronze row is one of silver, quarantine, duplicate";
  private static final String READ = "bronze holds as many rows as silver has read";

  @TempDir static Path folder;
  private static SparkSession spark;
  private static Configuration configuration;
  private static Lake lake;

  /** Offsets 0 and 3 are events, 1 is a duplicate of 0, 2 is broken, 4 is not read by silver. */
  @BeforeAll
  static void fill() throws Exception {
    configuration =
        Configuration.builder()
            .flag("spark.master", "local[2]")
            .flag("lake.path", folder.toString())
            .build();
    spark = LakeSession.create("LakeProofIT", configuration);
    lake = Lake.open(spark, configuration);
    commit(1, 0, event("a", "/x"), event("a", "/x"), "{broken", event("b", "/y"));
    try (Layer silver = SilverJob.start(lake, configuration, true)) {
      silver.await();
      assertThat(silver.failure()).isEmpty();
    }
    commit(2, 4, event("c", "/z"));
    sql(
        TableDefinition.BRONZE,
        "alter table %s set tblproperties ('delta.appendOnly' = 'false')");
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void nothingIsOffWhereNothingIsWrong() {
    ProofReport report = new LakeProof(lake, configuration).prove();

    assertThat(report.checks()).allSatisfy(check -> assertThat(check.off()).isZero());
    assertThat(report.bronzeCommit()).isEqualTo(1);
    assertThat(report.checks().get(0).examined()).isEqualTo(4);
  }

  @Test
  void aBronzeRowThatIsGoneIsFound() {
    assertThat(offAfter(TableDefinition.BRONZE, "delete from %s where offset = 3"))
        .contains(READ, ONE_VERDICT);
    assertThat(offAfter(TableDefinition.BRONZE, "delete from %s where offset = 1"))
        .containsExactly(READ);
  }

  @Test
  void aBronzeRowThatStandsTwiceOrHasOtherBytesIsFound() {
    assertThat(
            offAfter(TableDefinition.BRONZE, "insert into %1$s select * from %1$s where offset = 3"))
        .contains("bronze holds each Kafka position once", READ);
    assertThat(
            offAfter(
                TableDefinition.BRONZE,
                "update %s set value = cast(replace(cast(value as string), '/y', '/w') as binary)"
                    + " where offset = 3"))
        .containsExactly("silver says what bronze's bytes say");
  }

  @Test
  void aSilverRowThatIsGoneTwiceOrAlteredIsFound() {
    assertThat(offAfter(TableDefinition.SILVER, "delete from %s where offset = 3"))
        .containsExactly(ONE_VERDICT);
    assertThat(
            offAfter(TableDefinition.SILVER, "insert into %1$s select * from %1$s where offset = 3"))
        .containsExactly(ONE_VERDICT, "silver holds each event once");
    assertThat(offAfter(TableDefinition.SILVER, "update %s set page = '/w' where offset = 3"))
        .containsExactly("silver says what bronze's bytes say");
  }

  @Test
  void aQuarantineRowThatIsGoneTwiceOrAlteredIsFound() {
    assertThat(offAfter(TableDefinition.QUARANTINE, "delete from %s where offset = 2"))
        .containsExactly(ONE_VERDICT);
    assertThat(
            offAfter(
                TableDefinition.QUARANTINE, "insert into %1$s select * from %1$s where offset = 2"))
        .containsExactly(ONE_VERDICT);
    assertThat(
            offAfter(
                TableDefinition.QUARANTINE,
                "update %s set value = cast('{' as binary) where offset = 2"))
        .containsExactly("quarantine keeps bronze's bytes");
  }

  /** The checks that fail after a damage, which is undone again. */
  private static List<String> offAfter(TableDefinition definition, String damage) {
    long before = lake.table(definition).version();
    sql(definition, damage);
    try {
      return new LakeProof(lake, configuration)
          .prove().checks().stream()
              .filter(check -> check.off() > 0)
              .map(ProofReport.Check::name)
              .toList();
    } finally {
      sql(definition, "restore table %s to version as of " + before);
    }
  }

  private static void sql(TableDefinition definition, String statement) {
    spark.sql(statement.formatted("delta.`" + lake.table(definition).path() + "`"));
  }

  private static String event(String id, String page) {
    return "{\"event_id\":\"%s\",\"timestamp\":\"2026-03-01T10:00:00Z\",\"user_id\":\"u\",\"page\":\"%s\"}"
        .formatted(id, page);
  }

  private static void commit(long seq, long firstOffset, String... values) {
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    List<Row> rows = new ArrayList<>();
    for (String value : values) {
      rows.add(
          RowFactory.create(
              null,
              value.getBytes(StandardCharsets.UTF_8),
              null,
              0,
              "t",
              0,
              firstOffset + rows.size(),
              Timestamp.from(KAFKA_TIME),
              1,
              seq,
              Timestamp.from(KAFKA_TIME),
              Date.valueOf("2026-03-01")));
    }
    bronze
        .begin(spark)
        .append(spark.createDataFrame(rows, TableDefinition.BRONZE.schema()))
        .mark(Marks.SEQ, seq)
        .commit();
  }
}
