package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a session, and with an empty bronze table each. */
public abstract class WithBronze {
  public static SparkSession spark;

  @TempDir public Path folder;
  public Lake lake;
  public LakeTable bronze;

  @BeforeAll
  static void startSpark() {
    spark =
        LakeSession.create(
            "WithBronze", Configuration.builder().flag("spark.master", "local[2]").build());
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void createTable() {
    lake = Lake.open(spark, Configuration.builder().flag("lake.path", folder.toString()).build());
    bronze = lake.createTable(TableDefinition.BRONZE);
  }

  /**
   * The table as an earlier release made it, and this one grew it: its new columns are the last.
   */
  public LakeTable grownBronze(String... newColumns) {
    Lake another =
        Lake.open(
            spark,
            Configuration.builder().flag("lake.path", folder.resolve("grown").toString()).build());
    TableDefinition now = TableDefinition.BRONZE;
    List<String> added = List.of(newColumns);
    StructType schema =
        new StructType(
            Arrays.stream(now.schema().fields())
                .filter(field -> !added.contains(field.name()))
                .toArray(StructField[]::new));
    another.createTable(
        new TableDefinition(
            now.name(),
            now.path(),
            schema,
            now.partitionColumn(),
            now.statistics(),
            now.identity(),
            Map.of()));
    LakeTable grown = another.createTable(now);
    List<String> columns = List.of(grown.rowsAt(spark, grown.version()).schema().fieldNames());
    assertThat(columns.subList(columns.size() - added.size(), columns.size())).isEqualTo(added);
    return grown;
  }

  /** The folder goes after this: nobody may still be writing into it. */
  @AfterEach
  void waitForWhatIsWrittenBeside() throws InterruptedException {
    AsyncCheckpointer.await(Duration.ofMinutes(1));
  }
}
