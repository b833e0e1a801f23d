package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long gold takes for a small live batch where its marts hold a year of events, few or many.
 */
final class GoldGrowth {
  private static final int EVENTS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Apart from the year's. */
  private static final long FIRST_ID = 1_000_000_000_000L;

  private final Path folder;
  private final int measured;
  private final BenchProgress progress;
  private final Random random = new Random(1);
  private final GeneratedYear year = GeneratedYear.upToNow();
  private long sent;

  /**
   * @param folder for servers and tables; nothing is deleted
   * @param measured how many batches of each kind count; half as many come before them
   * @param progress told what is being done
   */
  GoldGrowth(Path folder, int measured, BenchProgress progress) {
    this.folder = folder;
    this.measured = measured;
    this.progress = progress;
  }

  /** Measures over so many events: new events alone, then one a year late in each batch. */
  List<BatchTimes> run(long rows) throws InterruptedException {
    try (TestBed bed = TestBed.open(folder.resolve("gold-" + rows));
        SparkSession session = LakeSession.create("growth", bed.configuration())) {
      Lake lake = Lake.open(session, bed.configuration());
      LakeTable silver = lake.createTable(TableDefinition.SILVER);
      progress.step("a year of %,d events".formatted(rows));
      year.fill(silver, session, rows).set(TableState.SEQ, 1).commit();
      MedallionBacklog.finish(GoldJob.start(lake, bed.configuration(), true), rows, progress);
      try (Layer gold = GoldJob.start(lake, bed.configuration(), false)) {
        return List.of(
            measure(silver, session, gold, rows, false),
            measure(silver, session, gold, rows, true));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BatchTimes measure(
      LakeTable silver, SparkSession session, Layer gold, long rows, boolean late) {
    BatchTimes times = new BatchTimes(rows, late ? "one of them up to a year late" : "new events");
    progress.step("%,d rows: batches of %,d events, %s".formatted(rows, EVENTS, times.batch()));
    for (int i = -measured / 2; i < measured; i++) {
      long used = Meter.cpuNanos();
      long version =
          silver.begin(session).append(events(session, late)).set(TableState.SEQ, sent).commit();
      LayerBatch done = await(gold, version);
      if (i >= 0) {
        times.add(done, Duration.ofNanos(Meter.cpuNanos() - used));
      }
      progress.detail("batch %d of %d".formatted(i + 1, measured));
    }
    return times;
  }

  /** One for each of some users, now; the first a year ago if one is to be late. */
  private Dataset<Row> events(SparkSession session, boolean late) {
    Instant now = year.end().plusMillis(sent);
    Instant then =
        late ? now.minus(random.nextInt(GeneratedYear.DAYS * 24 - 1), ChronoUnit.HOURS) : now;
    Column first = lit(FIRST_ID + sent);
    sent += EVENTS;
    Dataset<Row> ids = session.range(0, EVENTS, 1, 1).toDF();
    return GeneratedYear.events(
        ids, first.plus(col("id")), when(col("id").equalTo(0), lit(then)).otherwise(lit(now)));
  }

  private static LayerBatch await(Layer gold, long version) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (gold.lastBatch().map(LayerBatch::version).orElse(-1L) < version) {
      if (!gold.running() || System.nanoTime() > end) {
        throw new IllegalStateException("gold did no batch", gold.failure().orElse(null));
      }
      LockSupport.parkNanos(2_000_000);
    }
    return gold.lastBatch().orElseThrow();
  }
}
