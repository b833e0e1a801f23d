package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a session from some of its events. Two of them merge into what all their events
 * say, in any order.
 *
 * <p>{@code sql/marts/sessions/merge.sql} and {@code store.sql} merge by the same rules.
 */
final class PartialSession {
  /** Later than this is late: what the usual watermark of two minutes would have dropped. */
  static final long LATE_MICROS = 2 * Windows.MINUTE;

  private static final int PRODUCTS_KEPT = 10;
  private static final String MIXED = "(mixed)";

  /** An event's place in its session: by time, ties by event id. */
  private record Place(long time, String id) {
    boolean isBefore(Place other) {
      return time != other.time ? time < other.time : Key.compare(id, other.id) < 0;
    }
  }

  private record Product(long time, String id) {
    boolean isBefore(Product other) {
      return time != other.time ? time < other.time : Key.compare(id, other.id) < 0;
    }
  }

  private Place entry;
  private String country;
  private String city;
  private Origin origin;
  private long localDay;
  private long end;
  private long events;
  private long pageViews;
  private Place entryPagePlace;
  private String entryPage;
  private Place exitPagePlace;
  private String exitPage;
  private final List<Product> products = new ArrayList<>(0);
  private long cartAdds;
  private long purchases;
  private BigDecimal revenue = BigDecimal.ZERO;
  private String currency;
  private long lateEvents;

  PartialSession(SilverEvent event) {
    entry = new Place(event.time(), Key.of(event.id()));
    country = event.country();
    city = event.city();
    origin = event.origin();
    localDay = event.localDay();
    end = event.time();
    count(event, entry);
  }

  long start() {
    return entry.time();
  }

  long end() {
    return end;
  }

  void add(SilverEvent event) {
    Place place = new Place(event.time(), Key.of(event.id()));
    if (place.isBefore(entry)) {
      entry = place;
      country = event.country();
      city = event.city();
      origin = event.origin();
      localDay = event.localDay();
    }
    end = Math.max(end, event.time());
    count(event, place);
  }

  private void count(SilverEvent event, Place place) {
    events++;
    if (event.latenessMicros() > LATE_MICROS) {
      lateEvents++;
    }
    if (event.isPageView()) {
      pageViews++;
      if (event.page() != null) {
        page(place, place, Key.of(event.page()), Key.of(event.page()));
      }
    } else if (event.isCartAdd()) {
      cartAdds++;
    } else if (event.isPurchase() || event.isRefund()) {
      purchases += event.isPurchase() ? 1 : 0;
      revenue = revenue.add(event.amount());
      currency(Key.of(event.currency()));
    }
    if (event.productId() != null) {
      product(new Product(event.time(), Key.of(event.productId())));
    }
  }

  void add(PartialSession other) {
    if (other.entry.isBefore(entry)) {
      entry = other.entry;
      country = other.country;
      city = other.city;
      origin = other.origin;
      localDay = other.localDay;
    }
    end = Math.max(end, other.end);
    events += other.events;
    pageViews += other.pageViews;
    if (other.entryPagePlace != null) {
      page(other.entryPagePlace, other.exitPagePlace, other.entryPage, other.exitPage);
    }
    other.products.forEach(this::product);
    cartAdds += other.cartAdds;
    purchases += other.purchases;
    revenue = revenue.add(other.revenue);
    currency(other.currency);
    lateEvents += other.lateEvents;
  }

  private void page(Place first, Place last, String firstPage, String lastPage) {
    if (entryPagePlace == null || first.isBefore(entryPagePlace)) {
      entryPagePlace = first;
      entryPage = firstPage;
    }
    if (exitPagePlace == null || exitPagePlace.isBefore(last)) {
      exitPagePlace = last;
      exitPage = lastPage;
    }
  }

  /** Of no currency and one it is the one; of two different ones it is mixed for good. */
  private void currency(String other) {
    if (currency == null) {
      currency = other;
    } else if (other != null && !other.equals(currency)) {
      currency = MIXED;
    }
  }

  /**
   * Keeps the first distinct products. One that a part drops has enough others before it in the
   * whole, too, so that dropping early loses nothing.
   */
  private void product(Product product) {
    for (int i = 0; i < products.size(); i++) {
      if (products.get(i).id().equals(product.id())) {
        if (!product.isBefore(products.get(i))) {
          return;
        }
        products.remove(i);
        break;
      }
    }
    int at = products.size();
    while (at > 0 && product.isBefore(products.get(at - 1))) {
      at--;
    }
    if (at < PRODUCTS_KEPT) {
      products.add(at, product);
    }
    if (products.size() > PRODUCTS_KEPT) {
      products.remove(PRODUCTS_KEPT);
    }
  }

  /** Writes the columns of {@link Sessions#COLUMNS}. */
  void writeTo(CopyBuffer buffer, String site, String visitor) {
    buffer
        .row(Sessions.COLUMNS.size())
        .text(site)
        .text(visitor)
        .time(entry.time())
        .time(end)
        .day(localDay)
        .bigint(events)
        .bigint(pageViews)
        .text(entryPage)
        .text(exitPage)
        .texts(products.stream().map(Product::id).toList())
        .bigint(cartAdds)
        .bigint(purchases)
        .decimal(revenue)
        .text(currency)
        .text(country)
        .text(city);
    origin.writeTo(buffer);
    buffer
        .bigint(lateEvents)
        .text(entry.id())
        .time(entryPagePlace == null ? null : entryPagePlace.time())
        .text(entryPagePlace == null ? null : entryPagePlace.id())
        .time(exitPagePlace == null ? null : exitPagePlace.time())
        .text(exitPagePlace == null ? null : exitPagePlace.id())
        .times(products.stream().map(Product::time).toList());
  }
}
