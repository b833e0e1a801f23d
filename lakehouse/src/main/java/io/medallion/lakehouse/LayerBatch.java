package io.medallion.lakehouse;

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
 * @param newestMicros the newest Kafka time among the rows read, microseconds since 1970
 * @param duration how long the batch took
 * @param phases milliseconds by phase, in order
 */
public record LayerBatch(
    long version,
    long rowsIn,
    long rowsOut,
    Map<String, Long> details,
    long newestMicros,
    Duration duration,
    Map<String, Long> phases) {}
