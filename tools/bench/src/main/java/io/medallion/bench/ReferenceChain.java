package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_millis;

import io.medallion.bench.reference.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** The reference, in a session with default settings. */
final class ReferenceChain implements LiveChain {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Pattern VERSION = Pattern.compile("\"reservoirVersion\":(\\d+)");
  private static final Pattern INDEX = Pattern.compile("\"index\":(-?\\d+)");

  private final Path folder;
  private final SparkSession session;
  private final Reference reference;
  private final Map<UUID, Timeline> visible = new ConcurrentHashMap<>();

  ReferenceChain(
      Path folder, String brokers, String topic, Path countries, Reference.Target target) {
    this.folder = folder;
    this.session =
        SparkSession.builder()
            .appName("reference")
            .master("local[2]")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    session.streams().addListener(new Lookout());
    this.reference = Reference.start(session, folder, brokers, topic, countries, target);
  }

  /** Notes when a batch of a metric has ended and up to which version of silver it had read. */
  private final class Lookout extends StreamingQueryListener {
    @Override
    public void onQueryStarted(QueryStartedEvent event) {}

    @Override
    public void onQueryTerminated(QueryTerminatedEvent event) {}

    @Override
    public void onQueryProgress(QueryProgressEvent event) {
      StreamingQueryProgress progress = event.progress();
      String end = progress.sources().length == 0 ? null : progress.sources()[0].endOffset();
      Matcher version = VERSION.matcher(end == null ? "" : end);
      Matcher index = INDEX.matcher(end == null ? "" : end);
      if (version.find() && index.find()) {
        long read = Long.parseLong(version.group(1));
        visible
            .computeIfAbsent(progress.id(), id -> new Timeline())
            .note(
                // An offset without a file stands before its version.
                Long.parseLong(index.group(1)) < 0 ? read - 1 : read,
                Instant.parse(progress.timestamp()).toEpochMilli() + progress.batchDuration());
      }
    }
  }

  @Override
  public void start() throws InterruptedException {
    awaitRows("bronze");
    reference.startSilver();
    awaitRows("silver");
    reference.startGold();
  }

  private void awaitRows(String table) throws InterruptedException {
    Instant until = Instant.now().plus(PATIENCE);
    while (!Files.exists(log(table).resolve("%020d.json".formatted(1)))) {
      reference.requireRunning();
      if (Instant.now().isAfter(until)) {
        throw new IllegalStateException("the reference has written nothing to " + table);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private Path log(String table) {
    return folder.resolve(table).resolve("_delta_log");
  }

  @Override
  public void finish(long sent) {
    reference.finish();
  }

  @Override
  public Freshness freshness(long from, long to) {
    TableLog log = TableLog.of(session, folder.resolve("silver"));
    List<Timeline> metrics =
        reference.metrics().stream().map(StreamingQuery::id).map(visible::get).toList();
    List<Row> rows =
        session
            .read()
            .format("delta")
            .load(folder.resolve("silver").toString())
            .select(col("_metadata.file_name"), unix_millis(col("kafka_timestamp")).as("sent"))
            .where(col("sent").geq(from).and(col("sent").lt(to)))
            .collectAsList();
    long[] ages = new long[rows.size()];
    long[] silver = new long[ages.length];
    long[] merged = new long[ages.length];
    for (int i = 0; i < ages.length; i++) {
      long sent = rows.get(i).getLong(1);
      long version = log.version(rows.get(i).getString(0));
      long silverAt = log.published().get(version);
      long seen = metrics.stream().mapToLong(metric -> metric.of(version)).max().orElseThrow();
      ages[i] = seen - sent;
      silver[i] = silverAt - sent;
      merged[i] = seen - silverAt;
    }
    Map<String, Long> stages = new LinkedHashMap<>();
    stages.put("bronze and silver", Freshness.median(silver));
    stages.put("gold", Freshness.median(merged));
    return Freshness.of(ages, stages, Map.of());
  }

  @Override
  public void close() {
    reference.close();
    session.stop();
  }
}
