package io.medallion.lakehouse.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.WithBronze;
import io.medallion.lakehouse.schema.TableDefinition;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.Test;

/** Columns as they are read from files, against the rows that Spark makes of them. */
class InternalRowDatasetsIT extends WithBronze {
  @Test
  void columnsOfANewTableAreReadAsTheyAre() {
    readsColumns(bronze);
  }

  /** Its new columns stand behind the partition's in the table, and before it in the files. */
  @Test
  void columnsOfATableThatGrewAreReadAsTheyAre() {
    readsColumns(grownBronze("key", "timestamp_type"));
  }

  @Test
  void columnsInAnyOrderAreReadAsTheyAre() {
    bronze.begin(spark).append(rows()).commit();
    reads(bronze.rowsAt(spark, bronze.version()).select("ingest_date", "offset", "value", "key"));
  }

  @Test
  void whatIsComputedHasNoColumnsInFiles() {
    bronze.begin(spark).append(rows()).commit();
    Dataset<Row> all = bronze.rowsAt(spark, bronze.version());

    assertThat(InternalRowDatasets.batchesOfFiles(all.selectExpr("offset + 1", "value"))).isEmpty();
    assertThat(InternalRowDatasets.batchesOfFiles(all.where("offset > 3"))).isEmpty();
    assertThat(InternalRowDatasets.ofFiles(all.selectExpr("offset + 1")).count()).isEqualTo(50);
  }

  @Test
  void aScanThatIsNotByColumnsGivesTheSameRowsAndIsKnown() {
    bronze.begin(spark).append(rows()).commit();
    Dataset<Row> byColumns = bronze.rowsAt(spark, bronze.version());
    SparkSession slow = ((org.apache.spark.sql.classic.SparkSession) spark).newSession();
    slow.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    Dataset<Row> byRows = bronze.rowsAt(slow, bronze.version());

    assertThat(InternalRowDatasets.scanFallsBack(byColumns)).isFalse();
    assertThat(InternalRowDatasets.scanFallsBack(byRows)).isTrue();
    assertThat(InternalRowDatasets.batchesOfFiles(byRows)).isEmpty();
    assertThat(
            json(
                InternalRowDatasets.dataset(
                    spark, InternalRowDatasets.ofFiles(byRows), byRows.schema())))
        .isEqualTo(json(byColumns));

    slow.conf().set("spark.sql.codegen.wholeStage", "false");
    assertThat(InternalRowDatasets.scanFallsBack(bronze.rowsAt(slow, bronze.version())))
        .as("no columns without generated code")
        .isFalse();
  }

  private static void readsColumns(LakeTable table) {
    table.begin(spark).append(rows()).commit();
    reads(
        table.rows(spark, table.filesAt(table.version())).select(TableDefinition.BRONZE.columns()));
  }

  private static void reads(Dataset<Row> rows) {
    Optional<JavaRDD<ColumnarBatch>> batches = InternalRowDatasets.batchesOfFiles(rows);

    assertThat(batches).isPresent();
    assertThat(batches.get().map(ColumnarBatch::numCols).distinct().collect())
        .containsExactly(rows.columns().length);
    assertThat(
            json(
                InternalRowDatasets.dataset(
                    spark, InternalRowDatasets.ofFiles(rows), rows.schema())))
        .hasSize(50)
        .isEqualTo(json(rows));
  }

  private static List<String> json(Dataset<Row> rows) {
    return rows.selectExpr("to_json(struct(*))").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static Dataset<Row> rows() {
    return spark
        .range(0, 50, 1, 1)
        .selectExpr(
            "if(id % 3 = 0, null, cast(concat('k', id) as binary)) key",
            "cast(concat('{', id, '}') as binary) value",
            "array(named_struct('key', 'h', 'value', cast('x' as binary))) headers",
            "0 source_epoch",
            "concat('t', id % 2) topic",
            "cast(id % 4 as int) partition",
            "id offset",
            "timestamp_seconds(1700000000 + id) kafka_timestamp",
            "cast(id % 2 as int) timestamp_type",
            "1L commit_seq",
            "timestamp'2026-01-02 00:00:00' ingested_at",
            "date_add(date'2026-01-02', cast(id / 20 as int)) ingest_date");
  }
}
