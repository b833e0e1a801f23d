package io.medallion.lakehouse;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** A layer's metrics: counters since its process began, and gauges of where it stands. */
final class LayerMetrics {
  private static final double MILLIS = 1e3;
  private static final double MICROS = 1e6;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Labels layer;
  private final Counter batches;
  private final Counter failures;
  private final Counter rowsIn;
  private final Counter rowsOut;
  private final Counter reasons;
  private final Map<String, Counter> details;
  private final Histogram seconds;
  private final Counter phases;
  private final Gauge lastBatch;
  private final Gauge newest;
  private final Gauge lagRows;
  private final Gauge lagSeconds;
  private final Gauge reached;
  private final Gauge end;
  private final Gauge tableVersion;
  private final Gauge tableFiles;

  /**
   * @param writer of the tables that it writes
   */
  LayerMetrics(String name, WriterChoice writer) {
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
                "Events, copies among them, that reached Kafka over two minutes after they happened"));
    reasons =
        counter(
            "medallion_quarantine_reasons_total",
            "Reasons why rows are in quarantine; a row may have several",
            "reason");
    seconds =
        Histogram.builder()
            .name("medallion_batch_seconds")
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
    lagRows = gauge("medallion_lag_rows", "Rows (offsets, for bronze) that its source has waiting");
    lagSeconds = gauge("medallion_lag_seconds", "How long the oldest of them has waited");
    reached =
        gauge(
            "medallion_position",
            "Up to where it has its source: a version, or an offset of each partition",
            "of");
    end = gauge("medallion_source_end", "Up to where its source goes, in the same numbers", "of");
    tableVersion = gauge("medallion_table_version", "Newest version of a table it writes", "table");
    tableFiles = gauge("medallion_table_files", "Files of that version", "table");
    CounterWithCallback.builder()
        .name("medallion_writer_fallbacks_total")
        .help("Writes of a table that fell back to Delta's own writer, which takes longer")
        .constLabels(layer)
        .labelNames("table")
        .callback(
            callback ->
                writer.fallbacks().forEach((table, count) -> callback.call((double) count, table)))
        .register(registry);
    Runtime memory = Runtime.getRuntime();
    callback(
        "medallion_heap_used_bytes",
        "Heap in use",
        () -> (double) (memory.totalMemory() - memory.freeMemory()));
    callback(
        "medallion_heap_max_bytes", "Heap that there may be", () -> (double) memory.maxMemory());
  }

  PrometheusRegistry registry() {
    return registry;
  }

  /** Counts a batch. */
  void done(LayerBatch batch) {
    batches.inc();
    rowsIn.inc(batch.rowsIn());
    rowsOut.inc(batch.rowsOut());
    details.forEach((name, counter) -> counter.inc(batch.details().getOrDefault(name, 0L)));
    batch.reasons().forEach((reason, rows) -> reasons.labelValues(reason).inc(rows));
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

  /** Where it stands now. */
  void stands(Standing standing, Duration lag) {
    lagRows.set((double) standing.waiting());
    lagSeconds.set(lag.toMillis() / MILLIS);
    if (standing.newestMicros() > 0) {
      newest.set(standing.newestMicros() / MICROS);
    }
    standing
        .places()
        .forEach(
            (name, place) -> {
              reached.labelValues(name).set((double) place.reached());
              end.labelValues(name).set((double) place.end());
            });
    for (Standing.Size size : standing.tables()) {
      tableVersion.labelValues(size.table()).set((double) size.version());
      if (size.files() >= 0) {
        tableFiles.labelValues(size.table()).set((double) size.files());
      }
    }
  }

  /** Tells its health with each scrape. */
  void health(Supplier<LayerHealth> health) {
    callback(
        "medallion_healthy",
        "1 where /healthz says so; 0 where it is stuck or has ended",
        () -> health.get().live() ? 1.0 : 0.0);
    callback(
        "medallion_ready",
        "1 where /readyz says so: it works, and its source answers",
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
