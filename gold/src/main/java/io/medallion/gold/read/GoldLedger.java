package io.medallion.gold.read;

import java.time.Instant;
import java.util.Optional;

/**
 * How far gold has consumed silver.
 *
 * @param silverVersion the last version merged, whole; -1 before the first
 * @param silverRows silver rows in the versions merged, those left out included
 * @param bots of these, left out because a crawler sent them
 * @param lateDropped of these, left out because they came too late
 * @param links ids that count as a person's
 * @param refusedLinks ids that are nobody's, because they were seen with two
 * @param newestKafka the newest Kafka time merged; null before the first row
 * @param mergedAt when the last merge committed
 * @param filling what it is made of, as long as the marts are not complete
 */
public record GoldLedger(
    long silverVersion,
    long silverRows,
    long bots,
    long lateDropped,
    long links,
    long refusedLinks,
    Instant newestKafka,
    Instant mergedAt,
    Optional<Filling> filling) {

  /**
   * A version of silver that is merged file by file.
   *
   * @param version the version
   * @param files how many it has
   * @param merged how many of these are in the marts
   */
  public record Filling(long version, int files, int merged) {}

  /** The version of silver that gold has read, or is reading. */
  public long reads() {
    return filling.map(Filling::version).orElse(silverVersion);
  }
}
