package io.medallion.e2e.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medallion.bronze.BronzeJob;
import io.medallion.demo.services.KafkaTopics;
import io.medallion.demo.traffic.GroundTruth;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From what the simulator acted out to the rows in Postgres, through everything that is real. */
class ChainIT {
  private static final String TOPIC = "clickstream_events";
  private static final Duration GAP = Duration.ofMinutes(30);

  @TempDir Path folder;
  private Pipeline pipeline;

  @BeforeEach
  void start() {
    pipeline = Pipeline.in(folder);
  }

  @AfterEach
  void stop() {
    pipeline.close();
  }

  @Test
  void goldHoldsWhatWasActedOut() throws Exception {
    TrafficReport report = simulate(11, 20_000);
    pipeline.drain();

    account(report.acknowledged());
    assertThat(pipeline.marks(TableDefinition.SILVER))
        .containsEntry(Marks.ROWS, report.validUnique())
        .containsEntry(Marks.DUPLICATES, report.duplicates())
        .containsEntry(Marks.QUARANTINED, report.broken() + report.conflicts());
    assertEqualsTruth(report.truth().orElseThrow());

    // Nothing new: nothing changes, whatever became of the checkpoints.
    List<List<String>> before = numbers();
    pipeline.deleteCheckpoints();
    pipeline.drain();
    assertThat(numbers()).isEqualTo(before);

    // Numbers that someone has spoilt are made anew from silver.
    pipeline.spoil("update gold.sessions set events = events + 1");
    assertThat(numbers()).isNotEqualTo(before);
    pipeline.rebuildGold();
    assertThat(numbers()).isEqualTo(before);

    // More events, on the same data.
    TrafficReport more = simulate(12, 5_000);
    pipeline.drain();
    account(report.acknowledged() + more.acknowledged());
  }

  @Test
  void liveLayersStoppedAndStartedAgainLoseNothingAndCountNothingTwice() throws Exception {
    Layer bronze = pipeline.start(BronzeJob::start);
    Layer silver = pipeline.start(SilverJob::start);
    Layer gold = pipeline.start(GoldJob::start);
    long sent = simulate(21, 3_000).acknowledged();
    await().atMost(Duration.ofMinutes(2)).until(() -> rows(TableDefinition.SILVER, Marks.READ) > 0);
    silver.close();
    sent += simulate(22, 3_000).acknowledged();
    bronze.close();
    pipeline.deleteCheckpoints();
    bronze = pipeline.start(BronzeJob::start);
    silver = pipeline.start(SilverJob::start);
    sent += simulate(23, 3_000).acknowledged();
    long all = sent;
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> rows(TableDefinition.SILVER, Marks.READ) == all);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> mergedRows() == rows(TableDefinition.SILVER, Marks.ROWS));

    account(sent);
    for (Layer layer : List.of(gold, silver, bronze)) {
      layer.close();
      assertThat(layer.failure()).isEmpty();
    }
  }

  private TrafficReport simulate(long seed, long events) {
    return new Simulator(
            TrafficSettings.of(pipeline.kafka())
                .withSeed(seed)
                .withCount(events)
                .withRate(0)
                .withUsers(800)
                .withStart(Instant.now().minusSeconds(600))
                .withGroundTruth(true))
        .run(() -> false, progress -> {});
  }

  /**
   * P1 and P2 as sums: what Kafka acknowledged is in bronze, in one of three places behind it, and
   * in gold.
   */
  private void account(long acknowledged) throws SQLException {
    long kafka =
        KafkaTopics.endOffsets(pipeline.kafka(), TOPIC).values().stream()
            .mapToLong(Long::longValue)
            .sum();
    Map<String, Long> silver = pipeline.marks(TableDefinition.SILVER);
    assertThat(kafka).isEqualTo(acknowledged);
    assertThat(rows(TableDefinition.BRONZE, Marks.ROWS)).isEqualTo(acknowledged);
    assertThat(silver.get(Marks.READ)).isEqualTo(acknowledged);
    assertThat(
            silver.get(Marks.ROWS) + silver.get(Marks.QUARANTINED) + silver.get(Marks.DUPLICATES))
        .isEqualTo(acknowledged);
    assertThat(count(TableDefinition.BRONZE)).isEqualTo(acknowledged);
    assertThat(count(TableDefinition.SILVER)).isEqualTo(silver.get(Marks.ROWS));
    assertThat(count(TableDefinition.QUARANTINE)).isEqualTo(silver.get(Marks.QUARANTINED));
    assertThat(pipeline.goldNumber("select sum(events) from gold.sessions"))
        .isEqualTo(silver.get(Marks.ROWS) - pipeline.goldNumber("select bots from gold.ledger"));
  }

  private void assertEqualsTruth(GroundTruth truth) throws SQLException {
    List<List<String>> sessions =
        truth.sessions(GAP).stream()
            .map(
                s ->
                    List.of(
                        s.visitor(),
                        s.start().toString(),
                        s.end().toString(),
                        Long.toString(s.events()),
                        Long.toString(s.pageViews()),
                        Long.toString(s.cartAdds()),
                        Long.toString(s.purchases())))
            .toList();
    List<List<String>> merged =
        pipeline
            .gold(
                "select visitor, session_start, session_end, events, page_views, cart_adds, purchases from gold.sessions")
            .stream()
            .map(
                r ->
                    List.of(
                        r.get(0),
                        instant(r.get(1)),
                        instant(r.get(2)),
                        r.get(3),
                        r.get(4),
                        r.get(5),
                        r.get(6)))
            .toList();
    assertThat(merged).containsExactlyInAnyOrderElementsOf(sessions);
    List<List<String>> views =
        truth.pageViews().entrySet().stream()
            .map(
                e ->
                    List.of(
                        e.getKey().minute().toString(), e.getKey().page(), e.getValue().toString()))
            .toList();
    assertThat(
            pipeline.gold("select window_start, page, views from gold.page_views").stream()
                .map(r -> List.of(instant(r.get(0)), r.get(1), r.get(2))))
        .containsExactlyInAnyOrderElementsOf(views);
  }

  /** Postgres's way to write a time, as {@link Instant} writes it. */
  private static String instant(String timestamptz) {
    return java.time.OffsetDateTime.parse(
            timestamptz.replace(' ', 'T') + (timestamptz.matches(".*[+-]\\d\\d$") ? ":00" : ""))
        .toInstant()
        .toString();
  }

  private List<List<String>> numbers() throws SQLException {
    return pipeline.gold(
        "select visitor, session_start::text, events, revenue from gold.sessions order by 1, 2");
  }

  private long mergedRows() throws SQLException {
    return pipeline.goldNumber("select coalesce(max(silver_rows), 0) from gold.ledger");
  }

  private long rows(TableDefinition table, String mark) {
    return pipeline.marks(table).getOrDefault(mark, 0L);
  }

  private long count(TableDefinition table) {
    var lakeTable = pipeline.lake().table(table);
    return lakeTable.rowsAt(pipeline.lake().session(), lakeTable.version()).count();
  }
}
