package io.medallion.lakehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Rows that go to files as they are, against those that Delta itself writes. */
class RowFilesTest extends WithBronze {
  @Test
  void rowsAreThoseThatDeltaWritesInFilesThatItKnowsAsMuchOf() {
    final long byDelta = bronze.begin(spark).append(rows()).commit();
    TableCommit commit = bronze.begin(spark).append(compact(rows())).mark("seq", 1);
    final long byRow = commit.commit();

    assertThat(commit.rows()).isEqualTo(120);
    assertThat(known(byRow)).hasSize(4).isEqualTo(known(byDelta));
    assertThat(written(byRow)).hasSize(120).isEqualTo(written(byDelta));
    assertThat(bronze.filesAt(byRow)).hasSize(8).allMatch(file -> file.size() > 0);
    assertThat(history(byRow)).isEqualTo(history(byDelta)).contains("120");
  }

  /** Spark reads a file's column as a number only where the file has one. */
  @Test
  void timesAreNumbersInBothKindsOfFiles() {
    bronze.begin(spark).append(rows()).append(compact(rows())).commit();

    String[] files =
        bronze.filesAt(bronze.version()).stream()
            .map(file -> bronze.path() + "/" + file.path())
            .toArray(String[]::new);
    Dataset<Row> numbers = spark.read().schema("ingested_at BIGINT").parquet(files);
    assertThat(numbers.where("ingested_at = 1700000000000001").count()).isEqualTo(240);
  }

  @Test
  void aTableThatNobodyChangedIsWrittenSo() {
    assertThat(TableDefinition.ALL)
        .allMatch(definition -> lake.createTable(definition).begin(spark).isAsWeMadeIt());
  }

  @Test
  void aRowWithoutWhatTheTableDemandsIsNotWritten() {
    Dataset<Row> rows = rows().withColumn("topic", functions.lit(null).cast("string"));

    assertThatThrownBy(() -> bronze.begin(spark).append(compact(rows)))
        .hasMessageContaining("a row has no topic");
  }

  @Test
  void aConstraintThatSomebodyGaveTheTableHolds() {
    spark.sql("ALTER TABLE %s ADD CONSTRAINT few CHECK (offset < 100)".formatted(table()));

    assertThatThrownBy(() -> bronze.begin(spark).append(compact(rows())))
        .hasMessageContaining("few");
    long version = bronze.begin(spark).append(compact(rows().where("offset < 100"))).commit();
    assertThat(written(version)).hasSize(100);
  }

  @Test
  void columnsOfALaterVersionUnderOtherNamesInTheFilesAreLeftToDelta() {
    bronze.begin(spark).append(compact(rows())).commit();
    spark.sql(
        "ALTER TABLE %s SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"
            .formatted(table()));
    spark.sql("ALTER TABLE %s ADD COLUMNS (region STRING)".formatted(table()));

    bronze.begin(spark).append(compact(rows())).commit();

    Dataset<Row> all = bronze.rowsAt(spark, bronze.version());
    assertThat(all.where("region IS NULL AND timestamp_type = 0").count()).isEqualTo(240);
  }

  private String table() {
    return "delta.`%s`".formatted(bronze.path());
  }

  /** 120 rows of three dates in two partitions, with nulls where there may be some. */
  private static Dataset<Row> rows() {
    return spark.sql(
        """
        SELECT
          cast(null AS binary) AS key,
          cast(concat('value ', id) AS binary) AS value,
          if(id % 3 = 0, null,
            array(named_struct('key', 'h', 'value', cast('x' AS binary)))) AS headers,
          1 AS source_epoch, 'topic' AS topic, cast(id % 4 AS int) AS partition,
          id AS offset,
          if(id % 5 = 0, null, timestamp_micros(1700000000123456 + id * 7777777))
            AS kafka_timestamp,
          0 AS timestamp_type, id + 9 AS seq,
          timestamp_micros(1700000000000001) AS ingested_at,
          date_add(date '2023-11-14', cast(id / 50 AS int)) AS ingest_date
        FROM range(0, 120, 1, 2)
        """);
  }

  private static JavaRDD<InternalRow> compact(Dataset<Row> rows) {
    return rows.queryExecution().toRdd().toJavaRDD();
  }

  private List<String> known(long version) {
    return bronze.versions(version - 1, version).get(0).added().stream()
        .map(file -> file.partition() + " " + file.statistics())
        .sorted()
        .toList();
  }

  private List<String> written(long version) {
    return bronze
        .rows(spark, bronze.versions(version - 1, version).get(0).added())
        .selectExpr("to_json(struct(*))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private String history(long version) {
    return spark
        .sql("DESCRIBE HISTORY " + table())
        .where("version = " + version)
        .selectExpr("operationMetrics.numFiles || ' ' || operationMetrics.numOutputRows")
        .head()
        .getString(0);
  }
}
