package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.LockHolder;
import io.medallion.operations.Backfill;
import io.medallion.operations.query.Query;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What must be so whatever store the lake is on. */
final class StoreChecks {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Pipeline pipeline;
  private final Oracle oracle;
  private long acknowledged;

  StoreChecks(Pipeline pipeline) {
    this.pipeline = pipeline;
    this.oracle = new Oracle(pipeline.lake(), pipeline.kafka(), pipeline::gold);
  }

  /**
   * What first starts leave that are killed while they make their tables: none of them is there.
   */
  void firstStartsWereKilled() throws IOException {
    for (TableDefinition definition : TableDefinition.ALL) {
      LakeTable table = pipeline.lake().table(definition);
      Path log = new Path(table.path(), "_delta_log");
      FileSystem files =
          log.getFileSystem(pipeline.lake().session().sessionState().newHadoopConf());
      files.mkdirs(new Path(log, "_staged_commits"));
      files.create(new Path(log, ".%020d.json.5f3e.tmp".formatted(0))).close();
      assertThat(table.exists()).isFalse();
      assertThat(table.state().values()).isEmpty();

      Path first = new Path(log, "%020d.json".formatted(0));
      files.create(first).close();
      assertThat(table.exists()).isFalse();
      refused(() -> pipeline.lake().createTable(definition), ErrorCode.LAKE_TABLE_FOREIGN);
      files.delete(first, false);
      assertThat(table.exists()).isFalse();
    }
  }

  /** Layers at work, a second one and a rewrite next to them refused, and everything in gold. */
  void layersWorkLive() throws Exception {
    try (Layer bronze = pipeline.start(BronzeJob::start);
        Layer silver = pipeline.start(SilverJob::start);
        Layer gold = pipeline.start(GoldJob::start)) {
      TrafficReport report = simulate(31, 3_000);
      await().atMost(PATIENCE).until(() -> read() == acknowledged);
      await().atMost(PATIENCE).until(() -> pipeline.merged() == marked(TableState.ROWS));
      oracle.reconciliation(acknowledged);
      oracle.goldEquals(report.truth().orElseThrow());
      refused(() -> pipeline.start(SilverJob::start), ErrorCode.LAKE_LOCKED);
      assertThat(pipeline.lake().holderOf(GoldJob.NAME).map(LockHolder::process))
          .hasValue(ProcessHandle.current().pid());
      LocalDate today = LocalDate.now(ZoneOffset.UTC);
      refused(() -> backfill().apply(today, today), ErrorCode.LAKE_WITHOUT_LOCKS);
      for (Layer layer : List.of(bronze, silver, gold)) {
        assertThat(layer.failure()).isEmpty();
      }
    }
    assertThat(pipeline.lake().holderOf(GoldJob.NAME)).isEmpty();
  }

  private static void refused(ThrowingCallable work, ErrorCode code) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  /** More events, taken by layers that start, take what is there, and stop. */
  void moreIsDrained(long seed) throws Exception {
    simulate(seed, 2_000);
    pipeline.drain();
    oracle.reconciliation(acknowledged);
  }

  /** Every version of silver has the rows that its own counts say. */
  void versionsStayReadable() {
    LakeTable silver = pipeline.lake().table(TableDefinition.SILVER);
    Query query = new Query(pipeline.lake(), pipeline.configuration());
    long newest = silver.version();
    assertThat(newest).isGreaterThan(1);
    for (long version = 1; version <= newest; version++) {
      assertThat(number(query, "select count(*) from silver version as of " + version))
          .isEqualTo(silver.stateAt(version).rows());
    }
    Instant first = silver.versions(0, 1).get(0).at();
    String then = "select count(*) from silver timestamp as of '%s'".formatted(first);
    assertThat(number(query, then)).isEqualTo(silver.stateAt(1).rows());
  }

  private static long number(Query query, String sql) {
    Row row = query.rows(sql).first();
    return row.getLong(0);
  }

  void proofHolds() {
    VerifyReport proof =
        new LakeCheck(pipeline.lake(), pipeline.configuration()).prove(EventDays.ALL);
    assertThat(proof.holds()).as("%s", proof).isTrue();
    assertThat(proof.goldVersion()).isNotNull();
  }

  Backfill backfill() {
    return Backfill.of(pipeline.lake(), pipeline.configuration());
  }

  List<List<String>> numbers() throws SQLException {
    return pipeline.gold(
        "select visitor, session_start::text, session_end::text, events, page_views, revenue"
            + " from gold.sessions order by 1, 2");
  }

  private TrafficReport simulate(long seed, long events) {
    TrafficReport report =
        new Simulator(
                TrafficSettings.of(pipeline.kafka())
                    .withSeed(seed)
                    .withCount(events)
                    .withRate(0)
                    .withUsers(200)
                    .withStart(Instant.now().minusSeconds(600))
                    .withGroundTruth(true))
            .run(() -> false, progress -> {});
    acknowledged += report.acknowledged();
    return report;
  }

  private long read() {
    return marked(TableState.READ);
  }

  private long marked(String mark) {
    return pipeline.state(TableDefinition.SILVER).get(mark);
  }
}
