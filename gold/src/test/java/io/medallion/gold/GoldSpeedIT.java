package io.medallion.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Not a benchmark: prints where the time of drains and of live batches goes. */
@Tag("full")
class GoldSpeedIT {
  private static final long CHUNK = 1_000_000;

  @Test
  void drainsAndLiveBatches() {
    Postgres postgres = TestPostgres.database();
    TestPostgres.migrate(postgres);
    GoldSettings settings =
        new GoldSettings(RandomEvents.GAP, GoldSettings.UNLIMITED, false, false);
    int inline = Integer.getInteger("inline", 16 << 20);
    Staging staging = new Staging(settings, postgres, inline, StageTask.MOST_KEYS);
    try (GoldMerge gold =
        new GoldMerge(
            postgres,
            "t",
            staging,
            Retention.UNLIMITED,
            Connection::commit,
            Duration.ofSeconds(20))) {
      long version = -1;
      for (int i = 0; i < 5; i++) {
        Dataset<Row> rows = rows(i * CHUNK, CHUNK, 2).cache();
        rows.count();
        version = timed(gold, staging, rows, version);
        rows.unpersist();
      }
      for (int i = 0; i < 10; i++) {
        version = timed(gold, staging, rows(5 * CHUNK + i * 1_000L, 1_000, 1), version);
      }
    }
    assertThat(new GoldTables(postgres).rows("SELECT sum(events) FROM gold.sessions")).isNotEmpty();
  }

  private static long timed(GoldMerge gold, Staging staging, Dataset<Row> rows, long version) {
    long cpu = cpu();
    long start = System.nanoTime();
    Staging.Result result = staging.run(rows, Scope.ALL);
    long stagingCpu = cpu() - cpu;
    long staged = System.nanoTime();
    long reached =
        gold.merge(
            List.of(result),
            new SilverRange(version, version + 1),
            Fixtures.UNREAD,
            FlowSnapshot.UNKNOWN);
    long merged = System.nanoTime();
    System.out.printf(
        "%,d rows: staging %,d ms (CPU of this process %,d ms), merging %,d ms, %,.0f/s%n",
        result.counts().rows(),
        (staged - start) / 1_000_000,
        stagingCpu / 1_000_000,
        (merged - staged) / 1_000_000,
        result.counts().rows() * 1e9 / (merged - start));
    return reached;
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** 1,000 events a second of 100,000 users, who come for some minutes at a time. */
  private static Dataset<Row> rows(long from, long count, int partitions) {
    return TestSpark.session()
        .range(from, from + count, 1, partitions)
        .selectExpr(
            "concat('event-', id) AS event_id",
            "timestamp_micros(1700000000000000 + id * 1000) AS event_time",
            "CASE id % 20 WHEN 0 THEN 'purchase' WHEN 1 THEN 'add_to_cart' WHEN 2 THEN 'click'"
                + " ELSE 'page_view' END AS event_type",
            "concat('visitor-', (id div 600000) * 3000 % 100000 + abs(hash(id)) % 6000) AS visitor",
            "cast(null AS string) AS user_id",
            "concat('/page/', abs(hash(id, 1)) % 1000) AS page",
            "concat('product-', abs(hash(id, 2)) % 5000) AS product_id",
            "cast(19.99 AS decimal(18,6)) AS price",
            "1 AS quantity",
            "'EUR' AS currency",
            "concat('Country ', id % 30) AS country",
            "concat('City ', id % 300) AS city",
            "id % 50 = 0 AS is_bot",
            "timestamp_micros(1700000000000000 + id * 1000 + 50000) AS kafka_timestamp");
  }
}
