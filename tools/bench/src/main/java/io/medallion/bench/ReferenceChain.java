package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.unix_millis;

import io.medallion.bench.reference.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  ReferenceChain(Path folder, Reference.Sources sources) {
    this.folder = folder;
    this.reference = Reference.open(folder, sources, Reference.Reading.LIVE);
    this.session = reference.session();
    session.streams().addListener(new Lookout());
    reference.startBronze();
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
  public List<String> stages() {
    return List.of("bronze and silver", "gold");
  }

  @Override
  public List<Trace> traces(long before) {
    TableLog log = TableLog.of(session, folder.resolve("silver"));
    List<Timeline> metrics =
        reference.metrics().stream().map(StreamingQuery::id).map(visible::get).toList();
    return session
        .read()
        .format("delta")
        .load(folder.resolve("silver").toString())
        .select(col("_metadata.file_name"), unix_millis(col("kafka_timestamp")).as("sent"))
        .where(col("sent").lt(before))
        .collectAsList()
        .stream()
        .map(row -> trace(row, log, metrics))
        .toList();
  }

  private static Trace trace(Row row, TableLog log, List<Timeline> metrics) {
    long version = log.version(row.getString(0));
    return Trace.of(
        row.getLong(1),
        log.published().get(version),
        metrics.stream().mapToLong(metric -> metric.of(version)).max().orElseThrow());
  }

  @Override
  public List<PhaseTime> phases(long from, long to) {
    return List.of();
  }

  @Override
  public void close() {
    reference.close();
  }
}
