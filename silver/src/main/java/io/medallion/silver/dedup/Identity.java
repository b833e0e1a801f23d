package io.medallion.silver.dedup;

import io.medallion.lakehouse.parquet.IdentityHash;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What makes two records the same event: a producer's retry carries both.
 *
 * @param eventId the producer's id, or the one derived from the record's position
 * @param timeMicros the event time, microseconds since 1970
 */
record Identity(String eventId, long timeMicros) {

  /** 64 bits of this identity, to look for it without comparing texts. */
  long hash() {
    return hash(UTF8String.fromString(eventId), timeMicros);
  }

  /** 64 bits of an identity: equal where identities are, and almost never else. */
  static long hash(UTF8String eventId, long timeMicros) {
    return IdentityHash.of(eventId, timeMicros);
  }
}
