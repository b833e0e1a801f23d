package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_millis;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.gold.GoldJob;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.SilverColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Our three layers in this process, as the demo runs them. */
final class MedallionChain implements LiveChain {
  /** How often Postgres is asked; an age is measured too large by at most as much. */
  private static final long LOOK_EVERY_MILLIS = 20;

  private static final List<LayerLauncher.Start> STARTS =
      List.of(BronzeJob::start, SilverJob::start, GoldJob::start);

  private final Configuration configuration;
  private final SparkSession session;
  private final Lake lake;
  private final GoldReader gold;
  private final Timeline visible = new Timeline();
  private final List<Layer> layers = new CopyOnWriteArrayList<>();
  private final BatchLog batches = new BatchLog();
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
    layers.forEach(batches::look);
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  @Override
  public void finish(long sent) throws InterruptedException {
    LakeTable silver = lake.table(TableDefinition.SILVER);
    while (silver.state().read() < sent || visible.newest() < silver.version()) {
      layers.forEach(MedallionBacklog::requireNoFailure);
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  @Override
  public List<String> stages() {
    return List.of(BronzeJob.NAME, SilverJob.NAME, GoldJob.NAME);
  }

  @Override
  public List<Trace> traces(long before) {
    Map<Long, Long> inBronze = publishedBySeq();
    TableLog log = TableLog.of(session, table(TableDefinition.SILVER));
    LakeTable silver = lake.table(TableDefinition.SILVER);
    return silver
        .rowsAt(session, silver.version())
        .select(
            col("_metadata.file_name"),
            unix_millis(col(SilverColumns.KAFKA_TIMESTAMP)).as("sent"),
            col(SilverColumns.COMMIT_SEQ))
        .where(col("sent").lt(before))
        .collectAsList()
        .stream()
        .map(row -> trace(row, log, inBronze))
        .toList();
  }

  private Trace trace(Row row, TableLog log, Map<Long, Long> inBronze) {
    long version = log.version(row.getString(0));
    return Trace.of(
        row.getLong(1),
        inBronze.get(row.getLong(2)),
        log.published().get(version),
        visible.of(version));
  }

  @Override
  public List<PhaseTime> phases(long from, long to) {
    return batches.phases(from, to);
  }

  /** When each commit of bronze was published, by the number that its rows carry. */
  private Map<Long, Long> publishedBySeq() {
    TableLog log = TableLog.of(session, table(TableDefinition.BRONZE));
    Map<Long, Long> published = new HashMap<>();
    lake.table(TableDefinition.BRONZE)
        .rowsAt(session, lake.table(TableDefinition.BRONZE).version())
        .select(col("_metadata.file_name"), col(BronzeColumns.COMMIT_SEQ))
        .distinct()
        .collectAsList()
        .forEach(
            row ->
                published.put(row.getLong(1), log.published().get(log.version(row.getString(0)))));
    return published;
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
