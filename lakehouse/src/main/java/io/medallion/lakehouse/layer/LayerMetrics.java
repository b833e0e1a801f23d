package io.medallion.lakehouse.layer;

import io.medallion.lakehouse.delta.TableSize;
import io.medallion.lakehouse.delta.WriterChoice;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** A layer's metrics: counters since its process began, and gauges of where it stands. */
public final class LayerMetrics {
  private static final double MILLIS = 1e3;
  private static final double MICROS = 1e6;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Labels layer;
  private final Counter batches;
  private final Counter failures;
  private final Counter rowsIn;
  private final Counter rowsOut;
  private final Counter reasons;
  private final Counter flags;
  private final Map<String, Counter> details;
  private final Histogram seconds;
  private final Counter phases;
  private final Gauge lastBatch;
  private final Gauge newest;
  private final Gauge lagRecords;
  private final Gauge lagSeconds;
  private final Gauge committedOffset;
  private final Gauge endOffset;
  private final Gauge committedVersion;
  private final Gauge latestVersion;
  private final Gauge tableVersion;
  private final Gauge tableFiles;
  private final Gauge links;
  private final Gauge marts;
  private final Gauge messages;

  /**
   * @param writer of the tables that it writes
   */
  public LayerMetrics(String name, WriterChoice writer) {
    layer = Labels.of("layer", name);
    batches = counter("medallion_batches_total", "Batches done");
    failures = counter("medallion_failures_total", "Times that it failed and began again");
    rowsIn = counter("medallion_rows_read_total", "Rows read from its source");
    rowsOut = counter("medallion_rows_written_total", "Rows written");
    details =
        Map.of(
            "quarantined",
            counter("medallion_rows_quarantined_total", "Rows put into quarantine"),
            "duplicates",
            counter("medallion_rows_duplicate_total", "Rows found to be copies of events"),
            "late",
            counter(
                "medallion_rows_late_total",
                "Events, copies among them, that reached Kafka over two minutes after they"
                    + " happened"),
            "placeholders",
            counter(
                "medallion_links_refused_placeholder_total",
                "Events with several ids that link fewer, as some are placeholders"),
            "scan_fallbacks",
            counter(
                "medallion_scan_fallbacks_total",
                "Batches whose files were read row by row, which takes longer"));
    reasons =
        counter(
            "medallion_quarantine_reasons_total",
            "Reasons why rows are in quarantine; a row may have several",
            "reason");
    flags =
        counter(
            "medallion_rows_flagged_total",
            "Rows that bear a flag of the contract; a row may have several",
            "flag");
    seconds =
        Histogram.builder()
            .name("medallion_batch_duration_seconds")
            .help("How long batches took")
            .constLabels(layer)
            .classicOnly()
            .classicUpperBounds(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
            .register(registry);
    phases = counter("medallion_batch_phase_seconds_total", "Where batches' time went", "phase");
    lastBatch =
        gauge("medallion_last_batch_timestamp_seconds", "When the last batch ended, since 1970");
    newest =
        gauge(
            "medallion_newest_kafka_timestamp_seconds",
            "The newest Kafka time among the rows taken, since 1970");
    lagRecords =
        gauge("medallion_source_lag_records", "Rows in its source that it has not consumed yet");
    lagSeconds = gauge("medallion_source_lag_seconds", "How long the oldest of them has waited");
    committedOffset =
        gauge("medallion_source_committed_offset", "Next offset that it will read", "partition");
    endOffset = gauge("medallion_source_end_offset", "End offset of the partition", "partition");
    committedVersion =
        gauge("medallion_source_committed_version", "Last version that it has consumed", "table");
    latestVersion =
        gauge("medallion_source_latest_version", "Newest version of its source", "table");
    tableVersion = gauge("medallion_table_version", "Newest version of a table it writes", "table");
    tableFiles = gauge("medallion_table_files", "Files of that version", "table");
    links =
        gauge(
            "medallion_identities",
            "Ids that were seen with another: linked, or refused as they were seen with several",
            "state");
    marts = gauge("medallion_marts", "Marts by state, as `medallion marts list` has them", "state");
    messages =
        gauge(
            "medallion_alert_messages_waiting",
            "Messages of alerts that their target has not taken yet",
            "target");
    JvmMetrics.builder().constLabels(layer).register(registry);
    CounterWithCallback.builder()
        .name("medallion_writer_fallbacks_total")
        .help("Writes of a table that fell back to Delta's own writer, which takes longer")
        .constLabels(layer)
        .labelNames("table")
        .callback(
            callback ->
                writer.fallbacks().forEach((table, count) -> callback.call((double) count, table)))
        .register(registry);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  /** Counts a batch. */
  void done(LayerBatch batch) {
    batches.inc();
    rowsIn.inc(batch.rowsIn());
    rowsOut.inc(batch.rowsOut());
    details.forEach((name, counter) -> counter.inc(batch.details().getOrDefault(name, 0L)));
    batch.reasons().forEach((reason, rows) -> reasons.labelValues(reason).inc(rows));
    batch.flags().forEach((flag, rows) -> flags.labelValues(flag).inc(rows));
    seconds.observe(batch.duration().toMillis() / MILLIS);
    batch
        .phases()
        .forEach((phase, millis) -> phases.labelValues(phase).inc((double) millis / MILLIS));
    lastBatch.set(System.currentTimeMillis() / MILLIS);
    if (batch.newestMicros() > 0) {
      newest.set(batch.newestMicros() / MICROS);
    }
  }

  /** Counts a failure after which the layer begins again. */
  void failed() {
    failures.inc();
  }

  /** Takes over how far it is now. */
  void progress(LayerProgress progress, Duration lag) {
    lagRecords.set((double) progress.waiting());
    lagSeconds.set(lag.toMillis() / MILLIS);
    if (progress.newestMicros() > 0) {
      newest.set(progress.newestMicros() / MICROS);
    }
    progress
        .partitions()
        .forEach((name, position) -> set(committedOffset, endOffset, name, position));
    progress
        .sources()
        .forEach((name, position) -> set(committedVersion, latestVersion, name, position));
    progress.links().forEach((state, ids) -> links.labelValues(state).set((double) ids));
    progress.marts().forEach((state, count) -> marts.labelValues(state).set((double) count));
    progress
        .messages()
        .forEach((target, count) -> messages.labelValues(target).set((double) count));
    for (TableSize size : progress.tables()) {
      tableVersion.labelValues(size.table()).set((double) size.version());
      if (size.files() >= 0) {
        tableFiles.labelValues(size.table()).set((double) size.files());
      }
    }
  }

  private static void set(Gauge committed, Gauge end, String name, SourcePosition position) {
    committed.labelValues(name).set((double) position.committed());
    end.labelValues(name).set((double) position.end());
  }

  /** Exposes its health, asked for at each scrape. */
  void health(Supplier<LayerHealth> health) {
    callback(
        "medallion_healthy",
        "1 if /healthz answers 200; 0 if it is stalled or has ended",
        () -> health.get().live() ? 1.0 : 0.0);
    callback(
        "medallion_ready",
        "1 if /readyz answers 200: it works, and its source answers",
        () -> health.get().ready() ? 1.0 : 0.0);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .constLabels(layer)
        .labelNames(labels)
        .register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name(name)
        .help(help)
        .constLabels(layer)
        .labelNames(labels)
        .register(registry);
  }

  private void callback(String name, String help, Supplier<Double> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .constLabels(layer)
        .callback(callback -> callback.call(value.get()))
        .register(registry);
  }
}
