package io.medallion.gold.mart;

import java.math.BigDecimal;

/**
 * What gold itself reads of a silver row: who is who, and what the marts that are classes count.
 * Declared marts read the row. Times are microseconds since 1970.
 *
 * @param id silver's event id; with the time it is the event's identity
 * @param time when it happened
 * @param type canonical event type
 * @param visitor whom it counts for
 * @param userId the user id as the producer gave it; may be null
 * @param productId may be null
 * @param price may be null
 * @param bot whether a crawler sent it
 * @param kafkaTime when the broker had its record
 * @param anonymousId the anonymous id as the producer gave it; may be null
 * @param sessionId the producer's own session id; may be null
 * @param site as a key of gold's tables
 * @param localDay on which it happened by the clocks of the site, in days since 1970
 */
public record SilverEvent(
    String id,
    long time,
    String type,
    String visitor,
    String userId,
    String productId,
    BigDecimal price,
    boolean bot,
    long kafkaTime,
    String anonymousId,
    String sessionId,
    String site,
    long localDay) {
  /** The same, counted for another visitor. */
  public SilverEvent of(String other) {
    return new SilverEvent(
        id,
        time,
        type,
        other,
        userId,
        productId,
        price,
        bot,
        kafkaTime,
        anonymousId,
        sessionId,
        site,
        localDay);
  }

  /** How long after it happened the broker had it; a property of the row, never of the run. */
  long latenessMicros() {
    return kafkaTime - time;
  }
}
