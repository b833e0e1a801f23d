package io.medallion.gold.mart;

import java.math.BigDecimal;

/**
 * What gold reads of a silver row. Times are microseconds since 1970.
 *
 * @param id silver's event id; with the time it is the event's identity
 * @param time when it happened
 * @param type canonical event type
 * @param visitor whom it counts for
 * @param userId the user id as the producer gave it; may be null
 * @param page may be null
 * @param productId may be null
 * @param price may be null
 * @param quantity may be null, which counts as 1
 * @param currency may be null
 * @param country may be null
 * @param city may be null
 * @param origin with what and from where it came; not null
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
  private static final String PAGE_VIEW = "page_view";
  private static final String ADD_TO_CART = "add_to_cart";
  private static final String PURCHASE = "purchase";
  private static final String REFUND = "refund";

  /** What no mart that is a class reads is unknown. */
  public SilverEvent(
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
    this(
        id,
        time,
        type,
        visitor,
        userId,
        null,
        productId,
        price,
        null,
        null,
        null,
        null,
        null,
        bot,
        kafkaTime,
        anonymousId,
        sessionId,
        site,
        localDay);
  }

  /** The same, counted for another visitor. */
  public SilverEvent of(String other) {
    return new SilverEvent(
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

  boolean isPageView() {
    return type.equals(PAGE_VIEW);
  }

  boolean isCartAdd() {
    return type.equals(ADD_TO_CART);
  }

  boolean isPurchase() {
    return type.equals(PURCHASE);
  }

  /** Whether it takes a purchase back: only a contract makes a price below zero. */
  boolean isRefund() {
    return type.equals(REFUND) && price != null && price.signum() < 0;
  }

  /** How long after it happened the broker had it; a property of the row, never of the run. */
  long latenessMicros() {
    return kafkaTime - time;
  }

  /** What a purchase brought in, or a refund took; zero if it has no price. */
  BigDecimal amount() {
    if (price == null) {
      return BigDecimal.ZERO;
    }
    return quantity == null ? price : price.multiply(BigDecimal.valueOf(quantity));
  }
}
