package io.medallion.lakehouse.layer;

import java.time.Duration;
import java.util.Map;

/**
 * What a layer did in one batch, for its log line, its metrics and whoever looks on.
 *
 * @param version the version of the layer's table, or of its source for gold, that the batch
 *     reached
 * @param rowsIn rows read
 * @param rowsOut rows written to the layer's table
 * @param details further counts by name, such as {@code quarantined}
 * @param reasons how many rows went to quarantine for each reason; a row may have several
 * @param flags how many of the rows written bear each flag; a row may have several
 * @param newestMicros the newest Kafka time among the rows read, microseconds since 1970
 * @param duration how long the batch took
 * @param phases milliseconds by phase, in order
 */
public record LayerBatch(
    long version,
    long rowsIn,
    long rowsOut,
    Map<String, Long> details,
    Map<String, Long> reasons,
    Map<String, Long> flags,
    long newestMicros,
    Duration duration,
    Map<String, Long> phases) {

  /** A batch of a layer that refuses no row. */
  public LayerBatch(
      long version,
      long rowsIn,
      long rowsOut,
      Map<String, Long> details,
      long newestMicros,
      Duration duration,
      Map<String, Long> phases) {
    this(version, rowsIn, rowsOut, details, Map.of(), Map.of(), newestMicros, duration, phases);
  }

  /** The batch as one line of names and values. */
  String line(String layer) {
    StringBuilder line = new StringBuilder("layer=").append(layer);
    line.append(" version=").append(version);
    line.append(" rows_in=").append(rowsIn);
    line.append(" rows_out=").append(rowsOut);
    details.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(count -> append(line, count.getKey(), count.getValue()));
    append(line, "duration_ms", duration.toMillis());
    phases.forEach((phase, millis) -> append(line, phase + "_ms", millis));
    return line.toString();
  }

  private static void append(StringBuilder line, String name, long value) {
    line.append(' ').append(name).append('=').append(value);
  }
}
