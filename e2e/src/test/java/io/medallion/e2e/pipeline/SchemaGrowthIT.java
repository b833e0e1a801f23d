package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.common.config.Configuration;
import io.medallion.demo.services.PostgresServer;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions of silver's columns on one table, the layers at work. */
@Tag("full")
class SchemaGrowthIT {
  private static final Instant TIME = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir static Path folder;
  private static PostgresServer postgres;
  private static SparkSession spark;
  private Configuration configuration;
  private Lake lake;
  private long seq;

  @BeforeAll
  static void start() throws Exception {
    postgres = SharedPostgres.empty();
    spark =
        LakeSession.create(
            "SchemaGrowthIT", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void aColumnThatALaterVersionAddsIsNullInOldRowsAndStopsNoLayer() throws Exception {
    configuration = BronzeRows.configuration(folder.resolve("lake"), postgres);
    lake = Lake.open(spark, configuration);
    // What an earlier version left: a silver table without a column of this one.
    lake.createTable(without(TableDefinition.SILVER, "time_zone"));
    landOne("before");
    try (Layer silver = start(SilverJob::start);
        Layer gold = start(GoldJob::start)) {
      await().atMost(Duration.ofMinutes(4)).until(() -> GoldRows.events(postgres) == 1);

      // A version after this one adds a column, and writes a row with it, next to this gold.
      LakeTable table = lake.table(TableDefinition.SILVER);
      spark.sql("ALTER TABLE delta.`" + table.path() + "` ADD COLUMNS (loyalty STRING)");
      landOne("between");
      await().atMost(Duration.ofMinutes(4)).until(() -> GoldRows.events(postgres) == 2);
      landOne("after");
      await().atMost(Duration.ofMinutes(4)).until(() -> GoldRows.events(postgres) == 3);

      assertThat(silver.failure()).isEmpty();
      assertThat(gold.failure()).isEmpty();
    }

    LakeTable table = lake.table(TableDefinition.SILVER);
    Map<String, List<Object>> rows = new TreeMap<>();
    for (Row row :
        table
            .rowsAt(spark, table.version())
            .select("event_id", "time_zone", "loyalty")
            .collectAsList()) {
      List<Object> added = new ArrayList<>();
      added.add(row.get(1));
      added.add(row.get(2));
      rows.put(row.getString(0), added);
    }
    List<Object> nulls = Arrays.asList(null, null);
    assertThat(rows).isEqualTo(Map.of("before", nulls, "between", nulls, "after", nulls));
  }

  private Layer start(LayerLauncher.Start layer) {
    return layer.start(lake, configuration, false);
  }

  private void landOne(String id) {
    seq++;
    BronzeRows.land(
        lake,
        List.of(
            "{\"event_id\":\"%s\",\"timestamp\":\"%s\",\"user_id\":\"u\",\"page\":\"/\"}"
                .formatted(id, TIME.minusSeconds(seq))),
        seq,
        seq,
        TIME);
  }

  private static TableDefinition without(TableDefinition table, String column) {
    StructField[] fields =
        Arrays.stream(table.schema().fields())
            .filter(field -> !field.name().equals(column))
            .toArray(StructField[]::new);
    assertThat(fields).hasSize(table.schema().size() - 1);
    return new TableDefinition(
        table.name(),
        table.path(),
        new StructType(fields),
        table.partitionColumn(),
        table.statistics(),
        table.identity(),
        table.properties());
  }
}
