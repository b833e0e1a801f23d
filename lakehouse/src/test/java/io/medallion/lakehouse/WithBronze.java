package io.medallion.lakehouse;

import io.medallion.common.config.Configuration;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a session, and with an empty bronze table each. */
abstract class WithBronze {
  static SparkSession spark;

  @TempDir Path folder;
  Lake lake;
  LakeTable bronze;

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

  /** The folder goes after this: nobody may still be writing into it. */
  @AfterEach
  void waitForWhatIsWrittenBeside() throws InterruptedException {
    LogCheckpoints.await(Duration.ofMinutes(1));
  }
}
