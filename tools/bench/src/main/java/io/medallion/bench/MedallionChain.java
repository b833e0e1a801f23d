package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_millis;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.gold.GoldJob;
import io.medallion.gold.GoldReader;
import io.medallion.lakehouse.BronzeColumns;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerBatch;
import io.medallion.lakehouse.LayerMain;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.SilverColumns;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Our three layers in this process, as the demo runs them. */
final class MedallionChain implements LiveChain {
  /** How often Postgres is asked; an age is measured too large by at most as much. */
  private static final long LOOK_EVERY_MILLIS = 20;

  private static final List<LayerMain.Start> STARTS =
      List.of(BronzeJob::start, SilverJob::start, GoldJob::start);

  /** A batch that a layer has done, and when it was seen. */
  private record Batch(long at, Done done) {}

  private record Done(String layer, LayerBatch batch) {}

  private final Configuration configuration;
  private final SparkSession session;
  private final Lake lake;
  private final GoldReader gold;
  private final Timeline visible = new Timeline();
  private final List<Layer> layers = new ArrayList<>();
  private final Queue<Batch> batches = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService lookout = Executors.newSingleThreadScheduledExecutor();

  MedallionChain(Configuration configuration) {
    this.configuration = configuration;
    this.session = LakeSession.create("live", configuration);
    this.lake = Lake.open(session, configuration);
    this.gold = GoldReader.of(configuration);
  }

  @Override
  public void start() {
    STARTS.forEach(start -> layers.add(start.start(lake, configuration, false)));
    var looking =
        lookout.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    if (looking.isCancelled()) {
      throw new IllegalStateException("nobody looks at Postgres");
    }
  }

  private void look() {
    gold.ledger().ifPresent(ledger -> visible.note(ledger.silverVersion(), now()));
    layers.forEach(
        layer ->
            layer
                .lastBatch()
                .ifPresent(batch -> batches.add(new Batch(now(), new Done(layer.name(), batch)))));
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @Override
  public void finish(long sent) throws InterruptedException {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    while (silver.marks().getOrDefault(Marks.READ, 0L) < sent
        || visible.newest() < silver.version()) {
      requireRunning();
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private void requireRunning() {
    for (Layer layer : layers) {
      layer
          .failure()
          .ifPresent(
              failure -> {
                throw new IllegalStateException(layer.name() + " failed", failure);
              });
    }
  }

  @Override
  public Freshness freshness(long from, long to) {
    Map<Long, Long> inBronze = publishedBySeq();
    TableLog log = TableLog.of(session, table(TableDefinition.SILVER));
    List<Row> rows =
        lake.table(TableDefinition.SILVER)
            .rowsAt(session, lake.table(TableDefinition.SILVER).version())
            .select(
                col("_metadata.file_name"),
                unix_millis(col(SilverColumns.KAFKA_TIMESTAMP)).as("sent"),
                col(SilverColumns.SEQ))
            .where(col("sent").geq(from).and(col("sent").lt(to)))
            .collectAsList();
    long[] ages = new long[rows.size()];
    long[] bronze = new long[ages.length];
    long[] silver = new long[ages.length];
    long[] merged = new long[ages.length];
    for (int i = 0; i < ages.length; i++) {
      Row row = rows.get(i);
      long sent = row.getLong(1);
      long version = log.version(row.getString(0));
      long bronzeAt = inBronze.get(row.getLong(2));
      long silverAt = log.published().get(version);
      ages[i] = visible.of(version) - sent;
      bronze[i] = bronzeAt - sent;
      silver[i] = silverAt - bronzeAt;
      merged[i] = visible.of(version) - silverAt;
    }
    Map<String, Long> stages = new LinkedHashMap<>();
    stages.put(BronzeJob.NAME, Freshness.median(bronze));
    stages.put(SilverJob.NAME, Freshness.median(silver));
    stages.put(GoldJob.NAME, Freshness.median(merged));
    return Freshness.of(ages, stages, phases(from, to));
  }

  /** When each commit of bronze was published, by the number that its rows carry. */
  private Map<Long, Long> publishedBySeq() {
    TableLog log = TableLog.of(session, table(TableDefinition.BRONZE));
    Map<Long, Long> published = new HashMap<>();
    lake.table(TableDefinition.BRONZE)
        .rowsAt(session, lake.table(TableDefinition.BRONZE).version())
        .select(col("_metadata.file_name"), col(BronzeColumns.SEQ))
        .distinct()
        .collectAsList()
        .forEach(
            row ->
                published.put(row.getLong(1), log.published().get(log.version(row.getString(0)))));
    return published;
  }

  private Map<String, Map<String, Long>> phases(long from, long to) {
    Map<String, Map<String, List<Long>>> times = new TreeMap<>();
    batches.stream()
        .filter(seen -> seen.at() >= from && seen.at() < to)
        .map(Batch::done)
        .distinct()
        .forEach(
            done -> {
              Map<String, List<Long>> layer =
                  times.computeIfAbsent(done.layer(), name -> new TreeMap<>());
              done.batch()
                  .phases()
                  .forEach(
                      (phase, millis) ->
                          layer.computeIfAbsent(phase, name -> new ArrayList<>()).add(millis));
            });
    Map<String, Map<String, Long>> medians = new TreeMap<>();
    times.forEach(
        (layer, phases) ->
            phases.forEach(
                (phase, millis) ->
                    medians
                        .computeIfAbsent(layer, name -> new TreeMap<>())
                        .put(phase, median(millis))));
    return medians;
  }

  private static long median(List<Long> millis) {
    return Freshness.median(millis.stream().mapToLong(Long::longValue).toArray());
  }

  private Path table(TableDefinition definition) {
    return Path.of(lake.path()).resolve(definition.path());
  }

  @Override
  public void close() {
    layers.forEach(Layer::close);
    lookout.shutdownNow();
    gold.close();
    session.stop();
  }
}
