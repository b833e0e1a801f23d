package io.medallion.gold;

import java.math.BigDecimal;

/** An event of which a test names only what it is about; it reached Kafka when it happened. */
final class TestEvent {
  private final String id;
  private final long time;
  private String type = "search";
  private String site = "UTC";
  private String visitor = "v";
  private String user;
  private String anonymous;
  private String session;
  private String page;
  private String product;
  private BigDecimal price;
  private Integer quantity;
  private String currency;
  private String country;
  private String city;
  private Origin origin = Origin.UNKNOWN;
  private boolean bot;
  private long kafkaTime;

  private TestEvent(String id, long time) {
    this.id = id;
    this.time = time;
    this.kafkaTime = time;
  }

  /** A search of the visitor {@code v}. */
  static TestEvent event(String id, long time) {
    return new TestEvent(id, time);
  }

  /** The same as another event, to be changed. */
  static TestEvent like(SilverRow other) {
    TestEvent event =
        event(other.id(), other.time())
            .type(other.type())
            .site(other.site())
            .visitor(other.visitor())
            .user(other.userId())
            .anonymous(other.anonymousId())
            .session(other.sessionId())
            .page(other.page())
            .product(other.productId())
            .price(other.price(), other.quantity(), other.currency())
            .place(other.country(), other.city())
            .origin(other.origin())
            .kafkaTime(other.kafkaTime());
    return other.bot() ? event.bot() : event;
  }

  /** Of this type. */
  TestEvent type(String type) {
    this.type = type;
    return this;
  }

  /** Of this site, whose name is its time zone's. */
  TestEvent site(String site) {
    this.site = site;
    return this;
  }

  /** Silver's visitor. */
  TestEvent visitor(String visitor) {
    this.visitor = visitor;
    return this;
  }

  TestEvent user(String user) {
    this.user = user;
    return this;
  }

  TestEvent anonymous(String anonymous) {
    this.anonymous = anonymous;
    return this;
  }

  TestEvent session(String session) {
    this.session = session;
    return this;
  }

  /** On this page. */
  TestEvent page(String page) {
    this.page = page;
    return this;
  }

  /** Of this product. */
  TestEvent product(String product) {
    this.product = product;
    return this;
  }

  /** At this price. */
  TestEvent price(BigDecimal price, Integer quantity, String currency) {
    this.price = price;
    this.quantity = quantity;
    this.currency = currency;
    return this;
  }

  /** From there. */
  TestEvent place(String country, String city) {
    this.country = country;
    this.city = city;
    return this;
  }

  /** With what and from where it came. */
  TestEvent origin(Origin origin) {
    this.origin = origin;
    return this;
  }

  TestEvent bot() {
    return bot(true);
  }

  TestEvent bot(boolean bot) {
    this.bot = bot;
    return this;
  }

  /** When the broker had it. */
  TestEvent kafkaTime(long kafkaTime) {
    this.kafkaTime = kafkaTime;
    return this;
  }

  /** The event. */
  SilverRow silver() {
    return new SilverRow(
        id,
        time,
        type,
        visitor,
        user,
        page,
        product,
        price,
        quantity,
        currency,
        country,
        city,
        origin,
        bot,
        kafkaTime,
        anonymous,
        session,
        site,
        TestSites.localDay(site, time));
  }
}
