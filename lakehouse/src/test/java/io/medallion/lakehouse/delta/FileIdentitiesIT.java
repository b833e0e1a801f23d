package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.parquet.IdentityFile;
import io.medallion.lakehouse.parquet.IdentityHash;
import io.medallion.lakehouse.parquet.IdentityPages;
import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What silver's files and their entries in the log keep for those who look for identities. */
class FileIdentitiesIT extends WithBronze {
  private static final long NOON =
      Instant.parse("2026-03-01T12:00:00Z").getEpochSecond() * 1_000_000;
  private static final int ROWS = 1_300;

  private LakeTable silver;

  @BeforeEach
  void makeSilver() {
    silver = lake.createTable(TableDefinition.SILVER);
  }

  @Test
  void eachFileKeepsTheHashesOfItsRowsInTheirOrder() throws IOException {
    write(rows(NOON));
    List<TableFile> files = silver.filesAt(silver.version());

    assertThat(files).hasSize(2);
    for (TableFile file : files) {
      assertThat(kept(file)).isEqualTo(hashes(file)).hasSize((int) file.records());
    }
  }

  /** In a checkpoint, from which another process reads them, as in the log itself. */
  @Test
  void theLogSaysWhereTheTimesOfAFileAreAlsoAfterACheckpoint() {
    write(rows(NOON));
    write(rows(NOON + 3_600_000_000L));
    silver.checkpoint();
    DeltaLog.clearCache();
    TableFiles files = silver.files();
    files.refresh();

    assertThat(files.all())
        .hasSize(4)
        .allMatch(file -> file.identities(IdentityKind.ID_AND_TIME).isPresent());
    // The range of the second file of today reaches from the late event to an hour after noon.
    assertThat(files.withAny(new long[] {NOON + 300_000}, 0)).hasSize(1);
    assertThat(files.withAny(new long[] {NOON - 1_800_000_000L, NOON + 1_800_000_000L}, 0))
        .isEmpty();
    assertThat(files.withAny(new long[] {NOON - 86_400_000_000L}, 0)).hasSize(1);
    assertThat(files.withAny(new long[] {NOON - 3_600_000_000L, NOON + 3_600_000_000L}, 0))
        .hasSize(2);
  }

  @Test
  void compactedFilesKeepThemToo() throws IOException {
    write(rows(NOON));
    write(rows(NOON + 3_600_000_000L));
    Compaction compaction = silver.compaction();
    for (Compaction.Group group : compaction.plan(Instant.now().plusSeconds(60), 1 << 20)) {
      assertThat(
              compaction.commit(
                  spark,
                  List.of(compaction.prepare(spark, group)),
                  () -> lake.lockCommits(TableDefinition.SILVER)))
          .isEmpty();
    }
    List<TableFile> files = silver.filesAt(silver.version());

    assertThat(files).hasSize(2);
    for (TableFile file : files) {
      assertThat(kept(file)).isEqualTo(hashes(file)).hasSize((int) file.records());
    }
    assertThat(files.stream().mapToLong(TableFile::records).sum()).isEqualTo(2 * ROWS);
  }

  @Test
  void filesOfDeltasOwnWriterAreTakenAsTheyAre() {
    silver.begin(spark).append(rows(NOON)).commit();
    TableFiles files = silver.files();
    files.refresh();

    assertThat(files.all())
        .hasSize(2)
        .allMatch(file -> file.identities(IdentityKind.ID_AND_TIME).isEmpty());
    assertThat(files.withAny(new long[] {NOON - 1_800_000_000L}, 0)).hasSize(1);
  }

  private void write(Dataset<Row> rows) {
    silver.begin(spark).append(InternalRowDatasets.of(rows)).commit();
  }

  private long[] kept(TableFile file) throws IOException {
    try (IdentityFile opened = silver.identities(file)) {
      IdentityPages pages = opened.pages();
      return Arrays.stream(opened.hashes(pages, 0, pages.size()))
          .flatMapToLong(Arrays::stream)
          .toArray();
    }
  }

  private long[] hashes(TableFile file) {
    return silver
        .rows(spark, List.of(file))
        .selectExpr("event_id", "unix_micros(event_time)")
        .collectAsList()
        .stream()
        .mapToLong(
            row ->
                IdentityHash.of(
                    IdentityKind.ID_AND_TIME,
                    UTF8String.fromString(row.getString(0)),
                    row.getLong(1)))
        .toArray();
  }

  /** A millisecond after each other; but one an hour before, and one a day. */
  private static Dataset<Row> rows(long micros) {
    Map<String, String> values =
        Map.ofEntries(
            Map.entry("event_id", "concat('e', id)"),
            Map.entry("event_time", "event_time"),
            Map.entry("site", "'t'"),
            Map.entry("local_date", "event_time"),
            Map.entry("event_type", "'page_view'"),
            Map.entry("visitor", "'v'"),
            Map.entry("fingerprint", "id"),
            Map.entry("rules_version", "1"),
            Map.entry("source_epoch", "0"),
            Map.entry("topic", "'t'"),
            Map.entry("partition", "0"),
            Map.entry("offset", "id"),
            Map.entry("commit_seq", "1"),
            Map.entry("ingested_at", "event_time"),
            Map.entry("event_date", "event_time"));
    String[] columns =
        Arrays.stream(TableDefinition.SILVER.schema().fields())
            .map(
                field ->
                    "cast(%s as %s) as %s"
                        .formatted(
                            values.getOrDefault(field.name(), "null"),
                            field.dataType().sql(),
                            field.name()))
            .toArray(String[]::new);
    return spark
        .range(0, ROWS, 1, 1)
        .selectExpr(
            "id",
            "timestamp_micros(%d + case id when 7 then -3600000000 when 9 then -86400000000 else 1000 * id end) as event_time"
                .formatted(micros))
        .selectExpr(columns)
        .sortWithinPartitions("event_date", "event_time");
  }
}
