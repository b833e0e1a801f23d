package io.medallion.lakehouse.parquet;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.LakeTableIT;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.WithBronze;
import io.medallion.lakehouse.layer.LayerMetrics;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Rows that go to files as they are, against those that Delta itself writes. */
class PartitionedDataFileWriterIT extends WithBronze {
  @Test
  void rowsAreThoseThatDeltaWritesInFilesThatItKnowsAsMuchOf() {
    final long byDelta = bronze.begin(spark).append(rows()).commit();
    TableCommit commit = bronze.begin(spark).append(compact(rows())).set("commit_seq", 1);
    final long byRow = commit.commit();

    assertThat(commit.rows()).isEqualTo(120);
    assertThat(known(bronze, byRow)).hasSize(4).isEqualTo(known(bronze, byDelta));
    assertThat(written(bronze, byRow)).hasSize(120).isEqualTo(written(bronze, byDelta));
    assertThat(bronze.filesAt(byRow)).hasSize(8).allMatch(file -> file.size() > 0);
    assertThat(history(bronze, byRow)).isEqualTo(history(bronze, byDelta)).contains("120");
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

  /** One file, as of a topic of one partition: 100,000 records in groups of some 25,000. */
  @Test
  void aLargeFileIsReadByAllCores() {
    long version = bronze.begin(spark).append(compact(LakeTableIT.rows(0, 100_000))).commit();

    SparkSession large = BatchProfile.THROUGHPUT.session(spark);
    List<Integer> rowsOfTasks =
        InternalRowDatasets.ofFiles(bronze.rows(large, bronze.filesAt(version)))
            .mapPartitions(
                rows -> {
                  int count = 0;
                  for (; rows.hasNext(); rows.next()) {
                    count++;
                  }
                  return List.of(count).iterator();
                })
            .collect();
    assertThat(bronze.filesAt(version)).hasSize(1);
    assertThat(rowsOfTasks).hasSize(2).allMatch(rows -> rows >= 24_000);
    assertThat(rowsOfTasks.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100_000);
  }

  @Test
  void aTableThatNobodyChangedIsWrittenSo() {
    assertThat(TableDefinition.ALL)
        .allSatisfy(
            definition ->
                assertThat(lake.createTable(definition).begin(spark).obstacle()).isEmpty());
  }

  /** By the setting, or by falling back: the same rows, statistics and history either way. */
  @Test
  void rowsOfACommitAreTheSameByWhicheverWriter() throws IOException {
    LakeTable byDelta = table(TableDefinition.BRONZE, false);
    final long slow = byDelta.begin(spark).append(compact(rows())).set("commit_seq", 1).commit();
    final long fast = bronze.begin(spark).append(compact(rows())).set("commit_seq", 1).commit();

    assertThat(byFastWriter(byDelta, slow)).containsOnly(false);
    assertThat(byFastWriter(bronze, fast)).containsOnly(true);
    assertThat(known(bronze, fast)).hasSize(4).isEqualTo(known(byDelta, slow));
    assertThat(written(bronze, fast)).hasSize(120).isEqualTo(written(byDelta, slow));
    assertThat(history(bronze, fast)).isEqualTo(history(byDelta, slow));
    assertThat(bronze.state()).isEqualTo(byDelta.state());
    assertThat(lake.writer().fallbacks()).isEmpty();
  }

  @Test
  void aTableThatGrewIsWrittenLikeANewOne() throws IOException {
    LakeTable grown = grownBronze("headers", "timestamp_type");
    final long before = grown.begin(spark).append(rows()).commit();
    TableCommit commit = grown.begin(spark);
    assertThat(commit.obstacle()).isEmpty();
    final long after = commit.append(compact(rows())).commit();

    assertThat(byFastWriter(grown, before)).containsOnly(false);
    assertThat(byFastWriter(grown, after)).containsOnly(true);
    assertThat(known(grown, after)).isEqualTo(known(grown, before));
    assertThat(written(grown, after)).hasSize(120).isEqualTo(written(grown, before));
  }

  @Test
  void columnsThatALaterReleaseOrAUserAddedAreNullInRowsOfThisOne() throws IOException {
    spark.sql(
        "ALTER TABLE %s ADD COLUMNS (region STRING COMMENT 'of theirs' AFTER topic, more INT)"
            .formatted(table()));

    long version = bronze.begin(spark).append(compact(rows())).commit();

    assertThat(byFastWriter(bronze, version)).containsOnly(true);
    assertThat(
            bronze
                .rowsAt(spark, version)
                .where("region IS NULL AND more IS NULL AND topic = 'topic'")
                .count())
        .isEqualTo(120);
  }

  @Test
  void whatOnlyDeltaCanWriteIsCountedAndNamed() throws IOException {
    spark.sql("ALTER TABLE %s ADD CONSTRAINT few CHECK (offset < 200)".formatted(table()));
    TableCommit commit = bronze.begin(spark);

    assertThat(commit.obstacle()).contains("the table has delta.constraints.few");
    long version = commit.append(compact(rows())).commit();
    bronze.begin(spark).append(compact(rows())).commit();

    assertThat(byFastWriter(bronze, version)).containsOnly(false);
    assertThat(lake.writer().fallbacks()).containsExactly(Map.entry("bronze", 2L));
    assertThat(fallbacks(new LayerMetrics("bronze", lake.writer())))
        .singleElement()
        .satisfies(
            counted -> {
              assertThat(counted.getLabels().get("layer")).isEqualTo("bronze");
              assertThat(counted.getLabels().get("table")).isEqualTo("bronze");
              assertThat(counted.getValue()).isEqualTo(2);
            });
  }

  @Test
  void aTableWithAnotherTypeOrADemandOfItsOwnIsLeftToDelta() {
    TableDefinition ours = TableDefinition.BRONZE;
    StructType there = ours.schema();
    StructField offset = there.apply("offset");
    assertThat(ours.obstacle(with(there, offset))).isEmpty();
    assertThat(
            ours.obstacle(with(there, DataTypes.createStructField("offset", IntegerType, false))))
        .contains("column offset is INT, not BIGINT");
    assertThat(ours.obstacle(with(there, DataTypes.createStructField("key", BinaryType, false))))
        .contains("column key must not be null");
    assertThat(ours.obstacle(there.add("later", LongType, false)))
        .contains("rows need a value of column later");
    assertThat(ours.obstacle(there.add("later", LongType, true, withDefault())))
        .contains("rows need a value of column later");
    assertThat(
            ours.obstacle(
                with(there, DataTypes.createStructField("key", BinaryType, true, withDefault()))))
        .contains("column key has {\"CURRENT_DEFAULT\":\"7\"}");
    assertThat(ours.obstacle(new StructType().add(offset))).contains("the table has no column key");
  }

  private static Metadata withDefault() {
    return new MetadataBuilder().putString("CURRENT_DEFAULT", "7").build();
  }

  private static StructType with(StructType schema, StructField other) {
    StructField[] fields = schema.fields().clone();
    fields[schema.fieldIndex(other.name())] = other;
    return new StructType(fields);
  }

  /** A table of a lake of its own. */
  private LakeTable table(TableDefinition definition, boolean fastWriter) {
    return Lake.open(
            spark,
            Configuration.builder()
                .flag("lake.path", folder.resolve("fast-writer-" + fastWriter).toString())
                .flag("lake.fast-writer", Boolean.toString(fastWriter))
                .build())
        .createTable(definition);
  }

  private static List<CounterSnapshot.CounterDataPointSnapshot> fallbacks(LayerMetrics metrics) {
    return metrics.registry().scrape("medallion_writer_fallbacks"::equals).stream()
        .map(CounterSnapshot.class::cast)
        .flatMap(counter -> counter.getDataPoints().stream())
        .toList();
  }

  /** Of each file that a version added: the fast writer keeps no least and greatest text. */
  private static List<Boolean> byFastWriter(LakeTable table, long version) throws IOException {
    List<Boolean> found = new ArrayList<>();
    for (TableFile file : table.versions(version - 1, version).get(0).added()) {
      Path path = new Path(table.path(), file.path());
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromPath(path, spark.sessionState().newHadoopConf()))) {
        found.add(
            reader.getFooter().getBlocks().get(0).getColumns().stream()
                .filter(column -> column.getPath().toDotString().equals("topic"))
                .allMatch(column -> column.getStatistics().isEmpty()));
      }
    }
    return found;
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
    assertThat(written(bronze, version)).hasSize(100);
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
          0 AS timestamp_type, id + 9 AS commit_seq,
          timestamp_micros(1700000000000001) AS ingested_at,
          date_add(date '2023-11-14', cast(id / 50 AS int)) AS ingest_date
        FROM range(0, 120, 1, 2)
        """);
  }

  private static JavaRDD<InternalRow> compact(Dataset<Row> rows) {
    return rows.queryExecution().toRdd().toJavaRDD();
  }

  private static List<String> known(LakeTable table, long version) {
    return table.versions(version - 1, version).get(0).added().stream()
        .map(file -> file.partition() + " " + file.statistics())
        .sorted()
        .toList();
  }

  private static List<String> written(LakeTable table, long version) {
    return table
        .rows(spark, table.versions(version - 1, version).get(0).added())
        .selectExpr("to_json(struct(*))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static String history(LakeTable table, long version) {
    return spark
        .sql("DESCRIBE HISTORY delta.`%s`".formatted(table.path()))
        .where("version = " + version)
        .selectExpr("operationMetrics.numFiles || ' ' || operationMetrics.numOutputRows")
        .head()
        .getString(0);
  }
}
