package io.medallion.lakehouse.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import scala.Option;

public class LakeTableIT extends WithBronze {
  @Test
  void marksMoveWithTheRowsInOneVersion() {
    long version =
        bronze.begin(spark).append(rows(0, 3)).set("commit_seq", 1).set("offset", 3).commit();

    assertThat(bronze.version()).isEqualTo(version);
    assertThat(bronze.state().values()).containsEntry("commit_seq", 1L).containsEntry("offset", 3L);
    assertThat(bronze.stateAt(version - 1).isEmpty()).isTrue();
    assertThat(bronze.rowsAt(spark, version).count()).isEqualTo(3);
  }

  @Test
  void aCommitWithoutRowsStillMovesItsMarks() {
    bronze.begin(spark).set("commit_seq", 7).commit();

    assertThat(bronze.state().values()).containsEntry("commit_seq", 7L);
    assertThat(bronze.rowsAt(spark, bronze.version()).count()).isZero();
  }

  /** More than Delta by itself keeps in the file beside a commit. */
  @Test
  void fiveHundredPositionsAreToldWithoutASparkJob() {
    for (int commit = 1; commit <= 2; commit++) {
      TableCommit moving = bronze.begin(spark).append(rows(0, 3));
      for (int partition = 0; partition < 500; partition++) {
        moving.set("kafka/0/cluster/topic-id/clickstream_events/" + partition, commit);
      }
      moving.commit();
    }
    DeltaLog.clearCache();

    assertThat(
            jobsOf(() -> assertThat(lake.table(bronze.definition()).state().values()).hasSize(500)))
        .isZero();
  }

  /** How many jobs work starts; the one behind it says that all before have been noted. */
  private static int jobsOf(Runnable work) {
    Set<String> jobs = ConcurrentHashMap.newKeySet();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart job) {
            jobs.add(job.properties().getProperty("spark.job.description", "" + job.jobId()));
          }
        };
    spark.sparkContext().addSparkListener(listener);
    try {
      work.run();
      spark.sparkContext().setJobDescription("the last");
      spark.range(1).count();
      await().until(() -> jobs.contains("the last"));
    } finally {
      spark.sparkContext().setJobDescription(null);
      spark.sparkContext().removeSparkListener(listener);
    }
    return jobs.size() - 1;
  }

  @Test
  void aVersionTellsTheFilesItAddedAndTheirRows() {
    long start = bronze.version();
    bronze.begin(spark).append(rows(0, 3)).note("first").commit();
    bronze.begin(spark).append(rows(3, 5)).commit();

    List<TableVersion> versions = bronze.versions(start, bronze.version());

    assertThat(versions).extracting(TableVersion::rows).containsExactly(3L, 2L);
    assertThat(versions.get(0).note()).hasValue("first");
    assertThat(bronze.rows(spark, versions.get(1).added()).select("offset").collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactlyInAnyOrder(3L, 4L);
  }

  @Test
  void aFileKnowsTheRangeOfItsTimes() {
    bronze.begin(spark).append(rows(0, 3)).commit();

    TableFile file = bronze.filesAt(bronze.version()).get(0);

    assertThat(file.records()).isEqualTo(3);
    assertThat(file.minMicros("kafka_timestamp")).isEqualTo(1_700_000_000_000_000L);
    assertThat(file.maxMicros("kafka_timestamp"))
        .isBetween(1_700_000_002_000_000L, 1_700_000_002_000_999L);
  }

  @Test
  void ofTwoWritersThatMoveOneMarkTheSecondFails() {
    TableCommit first = bronze.begin(spark).append(rows(0, 3)).set("commit_seq", 1);
    TableCommit second = bronze.begin(spark).append(rows(0, 3)).set("commit_seq", 1);
    first.commit();

    assertThatThrownBy(second::commit)
        .isInstanceOfSatisfying(
            MedallionException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LAKE_POSITION_CONFLICT));
    assertThat(bronze.rowsAt(spark, bronze.version()).count()).isEqualTo(3);
  }

  @Test
  void writersOfDifferentMarksDoNotDisturbEachOther() {
    TableCommit first = bronze.begin(spark).append(rows(0, 3)).set("a", 1);
    TableCommit second = bronze.begin(spark).append(rows(3, 5)).set("b", 1);
    first.commit();
    second.commit();

    assertThat(bronze.rowsAt(spark, bronze.version()).count()).isEqualTo(5);
  }

  @Test
  void aCheckpointOfTheLogBearsAnotherNameUntilItIsWhole() throws Exception {
    bronze.begin(spark).append(rows(0, 3)).set("a", 1).commit();
    spark.conf().set("fs.file.impl", NotingFiles.class.getName());
    spark.conf().set("fs.file.impl.disable.cache", "true");
    try {
      DeltaLog log = DeltaLog.forTable(spark, bronze.path());
      log.checkpoint(log.update(false, Option.empty(), Option.empty()), Option.empty());
    } finally {
      spark.conf().unset("fs.file.impl");
      spark.conf().unset("fs.file.impl.disable.cache");
    }

    String checkpoint = "%020d.checkpoint.parquet".formatted(bronze.version());
    assertThat(Path.of(bronze.path(), "_delta_log", checkpoint)).exists();
    assertThat(NotingFiles.CREATED)
        .anyMatch(name -> name.contains("checkpoint"))
        .doesNotContain(checkpoint);
  }

  @Test
  void itsStateIsWrittenDownBesideTheCommitsAndTheWriterKnowsOfIt() throws Exception {
    DeltaLog log = DeltaLog.forTable(spark, bronze.path());
    for (int i = 1; i <= AsyncCheckpointer.LEAST; i++) {
      assertThat(log.findLastCompleteCheckpointBefore(Long.MAX_VALUE).isDefined()).isFalse();
      bronze.begin(spark).set("a", i).commit();
    }
    AsyncCheckpointer.await(Duration.ofMinutes(1));
    bronze.begin(spark).set("a", 0).commit();

    assertThat(log.unsafeVolatileSnapshot().logSegment().checkpointProvider().version())
        .isEqualTo(AsyncCheckpointer.LEAST);
  }

  @Test
  void theMoreThereIsToWriteDownTheMoreSeldomItIs() {
    assertThat(AsyncCheckpointer.interval(0)).isEqualTo(50);
    assertThat(AsyncCheckpointer.interval(100_000)).isEqualTo(200);
    assertThat(AsyncCheckpointer.interval(10_000_000)).isEqualTo(500);
  }

  /** Notes under which names files are begun. */
  public static final class NotingFiles extends LocalFileSystem {
    private static final List<String> CREATED = Collections.synchronizedList(new ArrayList<>());

    @Override
    public FSDataOutputStream create(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      CREATED.add(file.getName());
      return super.create(
          file, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
  }

  public static Dataset<Row> rows(long from, long to) {
    return spark
        .range(from, to, 1, 1)
        .selectExpr(
            "cast(null as binary) key",
            "cast(concat('{', id, '}') as binary) value",
            "cast(null as array<struct<key: string, value: binary>>) headers",
            "0 source_epoch",
            "'t' topic",
            "1 partition",
            "id offset",
            "timestamp_seconds(1700000000 + id) kafka_timestamp",
            "0 timestamp_type",
            "1L commit_seq",
            "timestamp'2026-01-02 00:00:00' ingested_at",
            "date'2026-01-02' ingest_date");
  }
}
