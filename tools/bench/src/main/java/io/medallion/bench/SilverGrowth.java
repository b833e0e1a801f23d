package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long silver takes for a small live batch over silver tables of several sizes. The tables are
 * generated directly: a year of events, evenly spread, in files that each cover about a day; or,
 * where events are late, a week of them as they arrived.
 */
final class SilverGrowth {
  private static final int EVENTS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PERIOD = Duration.ofDays(7);

  /** Those of ten seconds at 1,000 events/s. */
  private static final long TOGETHER = 10_000;

  private final Path folder;
  private final int measured;
  private final Lateness lateness;
  private final BenchProgress progress;
  private final Random random = new Random(1);
  private final GeneratedYear year = GeneratedYear.upToNow();

  /**
   * @param folder for the tables; nothing is deleted
   * @param measured how many batches of each kind count; half as many come before them
   * @param lateness of the events in the table and in batches
   * @param progress told what is being done
   */
  SilverGrowth(Path folder, int measured, Lateness lateness, BenchProgress progress) {
    this.folder = folder;
    this.measured = measured;
    this.lateness = lateness;
    this.progress = progress;
  }

  /**
   * Measures over a table of so many rows: new events alone, then one a year late in each batch;
   * or, where events are late, batches like the table, before and after silver starts again.
   */
  List<BatchTimes> run(long rows) throws InterruptedException {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.resolve("growth-" + rows).toString())
            .flag("spark.master", "local[2]")
            .build();
    try (SparkSession session = LakeSession.create("growth", configuration)) {
      Lake lake = Lake.open(session, configuration);
      progress.step("writing a silver table of %,d rows".formatted(rows));
      fill(lake, rows);
      Feed feed = new Feed(lake);
      List<BatchTimes> all = new ArrayList<>();
      try (Layer silver = SilverJob.start(lake, configuration, false)) {
        if (lateness.share() == 0) {
          all.add(measure(feed, silver, new BatchTimes(rows, "new events"), warmUp(), false));
          all.add(
              measure(
                  feed,
                  silver,
                  new BatchTimes(rows, "one of them up to a year late"),
                  warmUp(),
                  true));
        } else {
          all.add(measure(feed, silver, new BatchTimes(rows, late()), warmUp(), false));
        }
      }
      if (lateness.share() > 0) {
        try (Layer silver = SilverJob.start(lake, configuration, false)) {
          BatchTimes first = new BatchTimes(rows, late() + ", first after a start");
          all.add(measure(feed, silver, first, 0, false));
        }
      }
      return all;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String late() {
    return "%.0f %% of them late".formatted(lateness.share() * 100);
  }

  /**
   * Adds what each batch took.
   *
   * @param warmUp how many batches come before those that count
   * @param year whether the first event of each happened long ago
   */
  private BatchTimes measure(Feed feed, Layer silver, BatchTimes times, int warmUp, boolean year)
      throws InterruptedException {
    progress.step(
        "%,d rows: %d batches of %,d events, %s"
            .formatted(times.rows(), warmUp + measured, EVENTS, times.batch()));
    for (int i = 0; i < warmUp + measured; i++) {
      long used = Meter.cpuNanos();
      LayerBatch done = feed.batch(silver, year);
      progress.detail("batch %d of %d".formatted(i + 1, warmUp + measured));
      if (i >= warmUp) {
        times.add(done, Duration.ofNanos(Meter.cpuNanos() - used));
      }
    }
    return times;
  }

  private int warmUp() {
    return measured / 2;
  }

  private void fill(Lake lake, long rows) {
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    LakeTable silver = lake.createTable(TableDefinition.SILVER);
    lake.createTable(TableDefinition.QUARANTINE);
    TableCommit commit =
        lateness.share() == 0
            ? year.fill(silver, lake.session(), rows)
            : new GeneratedArrivals(year.end(), PERIOD, TOGETHER, lateness)
                .fill(silver, lake.session(), rows);
    commit
        .set(bronze.id(), bronze.version())
        .set(TableState.SEQ, 1)
        .set(TableState.READ, rows)
        .set(TableState.QUARANTINED, 0)
        .set(TableState.DUPLICATES, 0)
        .commit();
  }

  /** Lands batches in bronze one at a time, and waits for silver to have each. */
  private final class Feed {
    private final Lake lake;
    private final LakeTable bronze;
    private long seq = 1;
    private long sent;

    Feed(Lake lake) {
      this.lake = lake;
      this.bronze = lake.table(TableDefinition.BRONZE);
    }

    LayerBatch batch(Layer silver, boolean late) throws InterruptedException {
      long before = silver.lastBatch().map(LayerBatch::version).orElse(-1L);
      seq++;
      bronze.begin(lake.session()).append(records(late)).set(TableState.SEQ, seq).commit();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (silver.lastBatch().map(LayerBatch::version).orElse(-1L) == before) {
        if (!silver.running() || System.nanoTime() > end) {
          throw new IllegalStateException("silver did no batch", silver.failure().orElse(null));
        }
        LockSupport.parkNanos(2_000_000);
      }
      return silver.lastBatch().orElseThrow();
    }

    private Dataset<Row> records(boolean late) {
      Instant time = year.end().plusSeconds(seq);
      List<byte[]> values = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        Instant event =
            late && i == 0
                ? time.minus(random.nextInt(GeneratedYear.DAYS * 24 - 1), ChronoUnit.HOURS)
                : time.minusMillis(EVENTS - i).minus(lateness.of(random));
        values.add(
            "{\"event_id\":\"n%d\",\"timestamp\":%d,\"user_id\":\"u%d\",\"page\":\"/p/%d\"}"
                .formatted(sent + i, event.toEpochMilli(), i, i % 100)
                .getBytes(StandardCharsets.UTF_8));
      }
      Column offset = lit(sent).plus(monotonically_increasing_id());
      sent += EVENTS;
      Map<String, Column> columns =
          Map.of(
              BronzeColumns.VALUE, col("value"),
              BronzeColumns.SOURCE_EPOCH, lit(0),
              BronzeColumns.TOPIC, lit("fed"),
              BronzeColumns.PARTITION, lit(0),
              BronzeColumns.OFFSET, offset,
              BronzeColumns.KAFKA_TIMESTAMP, lit(time),
              BronzeColumns.TIMESTAMP_TYPE, lit(1),
              BronzeColumns.COMMIT_SEQ, lit(seq),
              BronzeColumns.INGESTED_AT, lit(time),
              BronzeColumns.INGEST_DATE, lit(time).cast("date"));
      return GeneratedYear.shaped(
          lake.session().createDataset(values, Encoders.BINARY()).toDF("value").coalesce(1),
          columns,
          TableDefinition.BRONZE);
    }
  }
}
