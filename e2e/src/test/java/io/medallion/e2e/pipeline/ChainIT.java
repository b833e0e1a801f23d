package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what the simulator acted out to the rows in Postgres, through everything that is real. */
class ChainIT {
  @TempDir Path folder;
  private Pipeline pipeline;
  private Oracle oracle;

  @BeforeEach
  void start() {
    pipeline = Pipeline.in(folder);
    oracle = new Oracle(pipeline.lake(), pipeline.kafka(), pipeline::gold);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void goldHoldsWhatWasActedOut() throws Exception {
    TrafficReport report = simulate(11, 20_000);
    pipeline.drain();

    oracle.reconciliation(report.acknowledged());
    assertThat(pipeline.state(TableDefinition.SILVER).values())
        .containsEntry(TableState.ROWS, report.validUnique())
        .containsEntry(TableState.DUPLICATES, report.duplicates())
        .containsEntry(TableState.QUARANTINED, report.broken() + report.conflicts());
    oracle.goldEquals(report.truth().orElseThrow());
    layersAreObserved(report);

    // Nothing new: nothing changes, whatever became of the checkpoints.
    List<List<String>> before = numbers();
    pipeline.deleteCheckpoints();
    pipeline.drain();
    assertThat(numbers()).isEqualTo(before);

    // Numbers that someone has spoilt are made again from silver.
    pipeline.spoil("update gold.sessions set events = events + 1");
    assertThat(numbers()).isNotEqualTo(before);
    pipeline.rebuildGold();
    assertThat(numbers()).isEqualTo(before);

    // More events, on the same data.
    TrafficReport more = simulate(12, 5_000);
    pipeline.drain();
    oracle.reconciliation(report.acknowledged() + more.acknowledged());
  }

  @Tag("full")
  @Test
  void liveLayersStoppedAndStartedAgainLoseNothingAndCountNothingTwice() throws Exception {
    Layer bronze = pipeline.start(BronzeJob::start);
    Layer silver = pipeline.start(SilverJob::start);
    Layer gold = pipeline.start(GoldJob::start);
    long sent = simulate(21, 3_000).acknowledged();
    await()
        .atMost(Duration.ofMinutes(4))
        .until(() -> rows(TableDefinition.SILVER, TableState.READ) > 0);
    silver.close();
    sent += simulate(22, 3_000).acknowledged();
    bronze.close();
    pipeline.deleteCheckpoints();
    bronze = pipeline.start(BronzeJob::start);
    silver = pipeline.start(SilverJob::start);
    sent += simulate(23, 3_000).acknowledged();
    long all = sent;
    await()
        .atMost(Duration.ofMinutes(4))
        .until(() -> rows(TableDefinition.SILVER, TableState.READ) == all);
    await()
        .atMost(Duration.ofMinutes(4))
        .until(() -> mergedRows() == rows(TableDefinition.SILVER, TableState.ROWS));

    oracle.reconciliation(sent);
    // While nothing is merged any more, gold still looks.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                pipeline.goldNumber("select min(rows_read) from gold.observed_layer_status") == all
                    && pipeline.goldNumber(
                            "select count(*) from gold.observed_layer_status s, gold.ledger l"
                                + " where s.observed_at > l.merged_at")
                        == 2
                    && pipeline.goldNumber(
                            "select waiting from gold.observed_layer_status where layer = 'bronze'")
                        == 0);
    for (Layer layer : List.of(gold, silver, bronze)) {
      layer.close();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private void layersAreObserved(TrafficReport report) throws SQLException {
    String sent = String.valueOf(report.acknowledged());
    String refused = String.valueOf(report.broken() + report.conflicts());
    assertThat(
            pipeline.gold(
                "select layer, rows_read, rows_written, duplicates, quarantined,"
                    + " (select coalesce(sum(value::bigint), 0) from jsonb_each_text(reasons)),"
                    + " coalesce((reasons ->> 'ID_CONFLICT')::bigint, 0)"
                    + " from gold.observed_layer_status order by layer"))
        .containsExactly(
            List.of("bronze", sent, sent, "0", "0", "0", "0"),
            List.of(
                "silver",
                sent,
                String.valueOf(report.validUnique()),
                String.valueOf(report.duplicates()),
                refused,
                refused,
                String.valueOf(report.conflicts())));
  }

  private TrafficReport simulate(long seed, long events) {
    return new Simulator(
            TrafficSettings.of(pipeline.kafka())
                .withSeed(seed)
                .withCount(events)
                .withRate(0)
                .withUsers(800)
                .withSites(List.of("shop-de", "shop-us"))
                .withStart(Instant.now().minusSeconds(600))
                .withGroundTruth(true))
        .run(() -> false, progress -> {});
  }

  private List<List<String>> numbers() throws SQLException {
    return pipeline.gold(
        "select visitor, session_start::text, events, revenue from gold.sessions order by 1, 2");
  }

  private long mergedRows() throws SQLException {
    return pipeline.goldNumber("select coalesce(max(silver_rows), 0) from gold.ledger");
  }

  private long rows(TableDefinition table, String mark) {
    return pipeline.state(table).get(mark);
  }
}
