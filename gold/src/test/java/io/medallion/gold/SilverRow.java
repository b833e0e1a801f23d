package io.medallion.gold;

import java.math.BigDecimal;

/**
 * A row of silver, as far as marts that are shipped read it; only tests have it as an object. Times
 * are microseconds since 1970; what is no id, time or type may be null.
 */
record SilverRow(
    String id,
    long time,
    String type,
    String visitor,
    String userId,
    String page,
    String productId,
    BigDecimal price,
    Integer quantity,
    String currency,
    String country,
    String city,
    Origin origin,
    boolean bot,
    long kafkaTime,
    String anonymousId,
    String sessionId,
    String site,
    long localDay) {
  /** The same, counted for another visitor. */
  SilverRow of(String other) {
    return new SilverRow(
        id,
        time,
        type,
        other,
        userId,
        page,
        productId,
        price,
        quantity,
        currency,
        country,
        city,
        origin,
        bot,
        kafkaTime,
        anonymousId,
        sessionId,
        site,
        localDay);
  }
}
