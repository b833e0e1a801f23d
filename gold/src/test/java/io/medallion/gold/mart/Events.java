package io.medallion.gold.mart;

import io.medallion.gold.TestEvent;
import java.math.BigDecimal;

/** Events of visitor {@code v}, of which a test names only what it is about. */
final class Events {
  private Events() {}

  static SilverEvent at(long time, String id) {
    return event(id, time, "search", null, null, null, null, null, null, time);
  }

  static SilverEvent view(long time, String id, String page) {
    return event(id, time, "page_view", page, null, null, null, null, null, time);
  }

  static SilverEvent product(long time, String id, String productId) {
    return event(id, time, "product_view", null, productId, null, null, null, null, time);
  }

  static SilverEvent cartAdd(long time, String id) {
    return event(id, time, "add_to_cart", null, null, null, null, null, null, time);
  }

  static SilverEvent purchase(
      long time, String id, String price, Integer quantity, String currency) {
    return event(id, time, "purchase", null, null, price, quantity, currency, null, time);
  }

  static SilverEvent home(long time, String id, String country) {
    return event(id, time, "search", null, null, null, null, null, country, time);
  }

  static SilverEvent late(long time, String id, long lateness) {
    return event(id, time, "search", null, null, null, null, null, null, time + lateness);
  }

  /** Each event has one of its own. */
  static Origin origin(String id) {
    return new Origin(
        "device of " + id,
        "medium of " + id,
        "domain of " + id,
        null,
        "utm of " + id,
        "campaign of " + id,
        id.isEmpty() ? null : "channel of " + id);
  }

  static SilverEvent event(
      String id,
      long time,
      String type,
      String page,
      String productId,
      String price,
      Integer quantity,
      String currency,
      String country,
      long kafkaTime) {
    return TestEvent.event(id, time)
        .type(type)
        .page(page)
        .product(productId)
        .price(price == null ? null : new BigDecimal(price), quantity, currency)
        .place(country, country == null ? null : "city of " + country)
        .origin(origin(id))
        .kafkaTime(kafkaTime)
        .silver();
  }
}
