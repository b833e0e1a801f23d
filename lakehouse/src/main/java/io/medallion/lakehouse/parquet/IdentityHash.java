package io.medallion.lakehouse.parquet;

import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.spark.SparkInternals;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * 64 bits of what makes a row the only one of its kind: equal where identities are, and almost
 * never else. Files keep them, so that it never changes.
 */
public final class IdentityHash {
  private IdentityHash() {}

  /**
   * Of an event.
   *
   * @param kind whether the time is a part of it
   * @param id the producer's, or the one derived from the record's position
   * @param timeMicros the event time, microseconds since 1970
   */
  public static long of(IdentityKind kind, UTF8String id, long timeMicros) {
    return SparkInternals.xxHash64(
        id, kind == IdentityKind.ID ? SparkInternals.XXHASH64_SEED : timeMicros);
  }
}
