package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.xxhash64;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerBatch;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How long silver takes for a small live batch over silver tables of several sizes. The tables are
 * generated directly: a year of events, evenly spread, in files that each cover about a day.
 */
final class SilverGrowth {
  private static final int DAYS = 365;
  private static final int EVENTS = 1_000;
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * The batches of one kind over one table.
   *
   * @param rows of the silver table
   * @param batch what the batches held, in words
   * @param millis how long each took, in order
   * @param phases the median of each phase, milliseconds
   */
  record Result(long rows, String batch, List<Long> millis, Map<String, Long> phases) {
    /** Half of the batches took at most so long, milliseconds. */
    long median() {
      return at(0.5);
    }

    /** Of twenty batches nineteen took at most so long, milliseconds. */
    long p95() {
      return at(0.95);
    }

    private long at(double share) {
      return quantile(millis, share);
    }
  }

  private final Path folder;
  private final int measured;
  private final BenchProgress progress;
  private final Random random = new Random(1);
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  /**
   * @param folder for the tables; nothing is deleted
   * @param measured how many batches of each kind count; half as many come before them
   * @param progress told what is being done
   */
  SilverGrowth(Path folder, int measured, BenchProgress progress) {
    this.folder = folder;
    this.measured = measured;
    this.progress = progress;
  }

  /**
   * Measures over a table of so many rows: new events alone, then one a year late in each batch.
   */
  List<Result> run(long rows) throws InterruptedException {
    Configuration configuration =
        Configuration.builder()
            .flag("lake.path", folder.resolve("growth-" + rows).toString())
            .flag("spark.master", "local[2]")
            .build();
    try (SparkSession session = LakeSession.create("growth", configuration)) {
      Lake lake = Lake.open(session, configuration);
      progress.step("writing a silver table of %,d rows".formatted(rows));
      fill(lake, rows);
      try (Layer silver = SilverJob.start(lake, configuration, false)) {
        Feed feed = new Feed(lake, silver);
        List<Result> results = new ArrayList<>();
        results.add(measure(feed, rows, "new events", false));
        results.add(measure(feed, rows, "one of them up to a year late", true));
        return results;
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Result measure(Feed feed, long rows, String batch, boolean late)
      throws InterruptedException {
    progress.step(
        "%,d rows: %d batches of %,d events, %s"
            .formatted(rows, warmUp() + measured, EVENTS, batch));
    List<Long> millis = new ArrayList<>();
    Map<String, List<Long>> phases = new TreeMap<>();
    for (int i = 0; i < warmUp() + measured; i++) {
      LayerBatch done = feed.batch(late);
      progress.detail("batch %d of %d".formatted(i + 1, warmUp() + measured));
      if (i >= warmUp()) {
        millis.add(done.duration().toMillis());
        done.phases()
            .forEach(
                (phase, time) -> phases.computeIfAbsent(phase, p -> new ArrayList<>()).add(time));
      }
    }
    Map<String, Long> medians = new TreeMap<>();
    phases.forEach((phase, times) -> medians.put(phase, quantile(times, 0.5)));
    return new Result(rows, batch, millis, medians);
  }

  private int warmUp() {
    return measured / 2;
  }

  static long quantile(List<Long> values, double share) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  private void fill(Lake lake, long rows) {
    LakeTable bronze = lake.createTable(TableDefinition.BRONZE);
    LakeTable silver = lake.createTable(TableDefinition.SILVER);
    lake.createTable(TableDefinition.QUARANTINE);
    silver
        .begin(lake.session())
        .append(rows(lake.session(), rows))
        .mark(bronze.id(), bronze.version())
        .mark(Marks.SEQ, 1)
        .mark(Marks.READ, rows)
        .mark(Marks.ROWS, rows)
        .mark(Marks.QUARANTINED, 0)
        .mark(Marks.DUPLICATES, 0)
        .mark(Marks.NEWEST, micros(now))
        .commit();
  }

  private Dataset<Row> rows(SparkSession session, long rows) {
    long first = micros(now) - DAYS * MICROS_PER_DAY;
    double step = (double) DAYS * MICROS_PER_DAY / rows;
    Map<String, Column> values = new TreeMap<>();
    Column time = timestamp_micros(lit(first).plus(col("id").multiply(step)).cast("long"));
    values.put(SilverColumns.EVENT_ID, hex(xxhash64(col("id"))));
    values.put(SilverColumns.EVENT_TIME, time);
    values.put(SilverColumns.EVENT_TYPE, lit("page_view"));
    values.put(SilverColumns.VISITOR, concat(lit("u"), col("id").mod(100_000)));
    values.put(SilverColumns.PAGE, concat(lit("/p/"), col("id").mod(1_000)));
    values.put(SilverColumns.IS_BOT, lit(false));
    values.put(SilverColumns.FINGERPRINT, xxhash64(col("id"), lit(1)));
    values.put(SilverColumns.RULES_VERSION, lit(1));
    values.put(SilverColumns.SOURCE_EPOCH, lit(0));
    values.put(SilverColumns.TOPIC, lit("generated"));
    values.put(SilverColumns.PARTITION, lit(0));
    values.put(SilverColumns.OFFSET, col("id"));
    values.put(SilverColumns.SEQ, lit(1L));
    values.put(SilverColumns.KAFKA_TIMESTAMP, time);
    values.put(SilverColumns.INGESTED_AT, time);
    values.put(SilverColumns.EVENT_DATE, time.cast("date"));
    return shaped(session.range(0, rows, 1, DAYS).toDF(), values, TableDefinition.SILVER);
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** Lands batches in bronze one at a time, and waits for silver to have each. */
  private final class Feed {
    private final Lake lake;
    private final LakeTable bronze;
    private final Layer silver;
    private long seq = 1;
    private long sent;

    Feed(Lake lake, Layer silver) {
      this.lake = lake;
      this.bronze = lake.table(TableDefinition.BRONZE);
      this.silver = silver;
    }

    LayerBatch batch(boolean late) throws InterruptedException {
      long before = silver.lastBatch().map(LayerBatch::version).orElse(-1L);
      seq++;
      bronze.begin(lake.session()).append(records(late)).mark(Marks.SEQ, seq).commit();
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
      Instant time = now.plusMillis(seq);
      List<byte[]> values = new ArrayList<>();
      for (int i = 0; i < EVENTS; i++) {
        Instant event =
            late && i == 0 ? time.minus(random.nextInt(DAYS * 24 - 1), ChronoUnit.HOURS) : time;
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
              BronzeColumns.SEQ, lit(seq),
              BronzeColumns.INGESTED_AT, lit(time),
              BronzeColumns.INGEST_DATE, lit(time).cast("date"));
      return shaped(
          lake.session().createDataset(values, Encoders.BINARY()).toDF("value").coalesce(1),
          columns,
          TableDefinition.BRONZE);
    }
  }

  private static Dataset<Row> shaped(
      Dataset<Row> rows, Map<String, Column> columns, TableDefinition table) {
    return rows.select(
        Arrays.stream(table.schema().fields())
            .map(
                field ->
                    columns
                        .getOrDefault(field.name(), lit(null))
                        .cast(field.dataType())
                        .as(field.name()))
            .toArray(Column[]::new));
  }
}
