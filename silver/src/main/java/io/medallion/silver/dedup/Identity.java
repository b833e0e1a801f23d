package io.medallion.silver.dedup;

import java.io.Serializable;

/**
 * What two records have in common that may be the same event.
 *
 * @param eventId the producer's id, or the one derived from the record's position
 * @param timeMicros the event time, microseconds since 1970
 */
public record Identity(String eventId, long timeMicros) implements Serializable {}
