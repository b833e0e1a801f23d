package io.medallion.lakehouse.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of rows, read by both of Spark's readers, against the rows themselves. */
class ParquetFileIT {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int ROWS = 20_000;
  private static SparkSession spark;

  @TempDir Path folder;
  private final Configuration settings = new Configuration(spark.sessionState().newHadoopConf());

  @BeforeAll
  static void startSpark() {
    System.out.println("seed " + SEED);
    spark =
        LakeSession.create(
            "ParquetFileIT",
            io.medallion.common.config.Configuration.builder()
                .flag("spark.master", "local[2]")
                .build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void allKindsOfValuesAndNullsComeBack() throws IOException {
    Dataset<Row> rows =
        spark.sql(
            """
            SELECT
              if(id %% 7 = 0, null, id %% 3 = 0) AS flag,
              if(id %% 5 = 0, null, cast(hash(id, %1$d) AS int)) AS number,
              if(id %% 11 = 0, null, xxhash64(id, %1$d)) AS long,
              if(id %% 13 = 0, null, hash(id, %1$d) / 7.0D) AS double,
              if(id %% 3 = 0, null, cast(hash(id, %1$d) AS decimal(18,6)) / 3) AS raw_price,
              if(id %% 17 = 0, null, timestamp_micros(hash(id) * 1000003L)) AS time,
              if(id %% 19 = 0, null, date_add(date '1969-12-30', cast(id AS int))) AS day,
              if(id %% 23 = 0, null, cast(pmod(hash(id, %1$d), 100000) - 50000 AS decimal(9,4))) AS small,
              if(id %% 29 = 0, null, cast(hash(id, %1$d) AS decimal(38,10)) * 1000000000000) AS large_of_any,
              cast(null AS string) AS nothing
            FROM range(0, %2$d, 1, 1)
            """
                .formatted(SEED, ROWS));
    Dataset<Row> stored =
        rows.withColumn("price", rows.col("raw_price").cast("decimal(18,6)"))
            .withColumn("large", rows.col("large_of_any").cast("decimal(38,10)"))
            .drop("raw_price", "large_of_any");

    comesBack(stored);
  }

  @Test
  void listsComeBackHoweverMuchOfThemIsThere() throws IOException {
    comesBack(
        spark.sql(
            """
            SELECT
              CASE cast(pmod(hash(id, %d), 6) AS int)
                WHEN 0 THEN null
                WHEN 1 THEN array()
                WHEN 2 THEN array(named_struct('key', 'a', 'value', cast('x' AS binary)))
                WHEN 3 THEN array(null, named_struct('key', null, 'value', null))
                WHEN 4 THEN array(
                  named_struct('key', '', 'value', cast(repeat('v', 300) AS binary)),
                  named_struct('key', 'b', 'value', null),
                  null)
                ELSE transform(sequence(1, 40), i ->
                  named_struct('key', cast(i AS string), 'value', cast(cast(id AS string) AS binary)))
              END AS headers,
              named_struct('list', array(array(id), array(), null)) AS nested,
              id
            FROM range(0, %d, 1, 1)
            """
                .formatted(SEED, ROWS)));
  }

  @Test
  void textsOfADictionaryComeBack() throws IOException {
    List<BlockMetaData> groups = comesBack(texts());

    assertThat(groups).hasSize(1);
    assertThat(columns(groups, dictionary())).contains("some", "turning", "bytes");
    assertThat(columns(groups, Encoding.PLAIN)).contains("distinct_ones");
  }

  @Test
  void textsOfADictionaryThatGrowsTooLargeComeBack() throws IOException {
    settings.setInt("parquet.dictionary.page.size", 10_000);
    settings.setInt("parquet.page.size", 1_000);

    List<BlockMetaData> groups = comesBack(texts());

    assertThat(columns(groups, dictionary())).contains("some", "turning", "bytes");
    assertThat(columns(groups, Encoding.PLAIN)).contains("turning", "distinct_ones");
  }

  @Test
  void textsWithoutADictionaryComeBack() throws IOException {
    settings.setBoolean("parquet.enable.dictionary", false);

    assertThat(columns(comesBack(texts()), dictionary())).isEmpty();
  }

  @Test
  void aFileOfManyGroupsComesBack() throws IOException {
    settings.setLong("parquet.block.size", 100_000);

    assertThat(comesBack(texts())).hasSizeGreaterThan(5);
  }

  /** Which pages a reader leaves out, and which rows of the others go together, the index says. */
  @Test
  void someRowsOfManyPagesComeBackTogether() throws IOException {
    settings.setInt("parquet.page.size", 1_000);
    Dataset<Row> rows =
        spark.sql(
            """
            SELECT
              id,
              CASE
                WHEN id %% 3001 = 0 THEN repeat('l', 300000)
                ELSE repeat(cast(xxhash64(id, %1$d) AS string), pmod(hash(id, %1$d), 9))
              END AS text,
              if(hash(id, %1$d, 2) > 0, null, -id) AS other
            FROM range(0, %2$d, 1, 1)
            """
                .formatted(SEED, ROWS));
    comesBack(rows);

    for (String some : List.of("id = 127", "id BETWEEN 12790 AND 12810", "id > 19990")) {
      assertThat(json(spark.read().parquet(folder.resolve("rows*").toString()).where(some)))
          .isEqualTo(json(rows.where(some)));
    }
  }

  @Test
  void aFileWithoutRowsIsOne() throws IOException {
    assertThat(comesBack(texts().limit(0))).isEmpty();
  }

  @Test
  void aTypeThatNoTableHasIsRefusedByName() {
    assertThatThrownBy(() -> comesBack(spark.sql("SELECT cast(1 AS float) AS few")))
        .hasMessageContaining("FloatType");
  }

  /**
   * Texts of every length about that of a word, few and many, with zeros and of several bytes; and
   * some that are few at first and many later.
   */
  private static Dataset<Row> texts() {
    return spark.sql(
        """
        SELECT
          if(id %% 5 = 0, null, substr('äb\\0cdefghijklmnopqrstuvwxyz', 1, pmod(hash(id, %1$d), 24)))
            AS some,
          repeat(cast(pmod(hash(id, %1$d, 1), 3000) AS string), pmod(id, 5)) AS many,
          cast(if(id < 10000, id %% 10, id) AS string) AS turning,
          cast(xxhash64(id, %1$d) AS string) AS distinct_ones,
          cast(concat('x', id %% 100) AS binary) AS bytes
        FROM range(0, %2$d, 1, 1)
        """
            .formatted(SEED, ROWS));
  }

  @SuppressWarnings("deprecation") // The name that version 1 of the format has for it.
  private static Encoding dictionary() {
    return Encoding.PLAIN_DICTIONARY;
  }

  private static List<String> columns(List<BlockMetaData> groups, Encoding encoding) {
    return groups.get(0).getColumns().stream()
        .filter(column -> column.getEncodings().contains(encoding))
        .map(column -> column.getPath().toDotString())
        .toList();
  }

  /** Writes rows, reads them in both ways, and returns the file's groups. */
  private List<BlockMetaData> comesBack(Dataset<Row> rows) throws IOException {
    StructType schema = rows.schema().asNullable();
    ParquetFile.Layout layout = ParquetFile.Layout.of(spark, schema);
    org.apache.hadoop.fs.Path path =
        new org.apache.hadoop.fs.Path(folder.toString(), "rows" + layout.extension());
    try (ParquetFile file = ParquetFile.create(layout, path, settings)) {
      for (InternalRow row : rows.queryExecution().executedPlan().executeCollect()) {
        file.write((UnsafeRow) row);
      }
      file.finish(new byte[] {1, 2, 3});
    }
    for (String vectorized : List.of("true", "false")) {
      spark.conf().set("spark.sql.parquet.enableVectorizedReader", vectorized);
      assertThat(json(spark.read().parquet(path.toString()))).isEqualTo(json(rows));
    }
    assertThat(spark.read().parquet(path.toString()).schema()).isEqualTo(schema);
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, settings))) {
      return reader.getFooter().getBlocks();
    }
  }

  private static List<String> json(Dataset<Row> rows) {
    return rows
        .selectExpr("to_json(struct(*), map('ignoreNullFields', 'false'))")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }
}
