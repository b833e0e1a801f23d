package io.medallion.common.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What one record says by the rules of the contract, or why it is no event.
 *
 * <p>Mutable and used again: it is valid until its parser parses the next record. Texts are null if
 * the producer gave none. Where {@link #reasons()} is not empty the other values are what was known
 * when the judgement fell, for people to look at, not to be counted.
 */
public final class ParsedEvent {
  /** The scale of {@link #priceUnscaled()}: it counts millionths. */
  public static final int PRICE_SCALE = 6;

  final List<Reason> reasons = new ArrayList<>();
  private final List<Reason> shownReasons = Collections.unmodifiableList(reasons);

  boolean whole;
  boolean ownId;
  String eventId;
  long eventTimeMicros;
  String eventType;
  String visitor;
  String userId;
  String anonymousId;
  String sessionId;
  String page;
  String url;
  String referrer;
  String ipAddress;
  String userAgent;
  String productId;
  boolean hasPrice;
  long priceUnscaled;
  boolean hasQuantity;
  int quantity;
  String currency;
  String properties;
  long fingerprint;

  ParsedEvent() {}

  void clear() {
    reasons.clear();
    whole = false;
    ownId = false;
    eventId = null;
    eventTimeMicros = 0;
    eventType = null;
    visitor = null;
    userId = null;
    anonymousId = null;
    sessionId = null;
    page = null;
    url = null;
    referrer = null;
    ipAddress = null;
    userAgent = null;
    productId = null;
    hasPrice = false;
    priceUnscaled = 0;
    hasQuantity = false;
    quantity = 0;
    currency = null;
    properties = null;
    fingerprint = 0;
  }

  /** Whether it breaks no rule. */
  public boolean isGood() {
    return reasons.isEmpty();
  }

  /** Every rule that it breaks, empty for a good event. A view: copy it to keep it. */
  public List<Reason> reasons() {
    return shownReasons;
  }

  /** Whether it was read to its end: one JSON object, within the limits, whatever it says. */
  public boolean isWhole() {
    return whole;
  }

  /** Whether the producer gave it an id. */
  public boolean hasOwnId() {
    return ownId;
  }

  /** The producer's id, or one derived from the record's position. */
  public String eventId() {
    return eventId;
  }

  /** When it happened, in microseconds since 1970. */
  public long eventTimeMicros() {
    return eventTimeMicros;
  }

  /** The canonical type. */
  public String eventType() {
    return eventType;
  }

  /** The first present of user, anonymous and session id. */
  public String visitor() {
    return visitor;
  }

  /** The user's id as text. */
  public String userId() {
    return userId;
  }

  /** The anonymous id as text. */
  public String anonymousId() {
    return anonymousId;
  }

  /** The producer's session id as text. */
  public String sessionId() {
    return sessionId;
  }

  /** The path that the event counts under, or {@code product:<id>} of a product view. */
  public String page() {
    return page;
  }

  /** The page as the producer sent it. */
  public String url() {
    return url;
  }

  /** The referrer as sent. */
  public String referrer() {
    return referrer;
  }

  /** The address as sent; whether it is one is not judged here. */
  public String ipAddress() {
    return ipAddress;
  }

  /** The user agent as sent. */
  public String userAgent() {
    return userAgent;
  }

  /** The product's id as text. */
  public String productId() {
    return productId;
  }

  /** Whether there is a price. */
  public boolean hasPrice() {
    return hasPrice;
  }

  /** The price in millionths of the currency's unit: 12.5 is 12,500,000. 0 if there is none. */
  public long priceUnscaled() {
    return priceUnscaled;
  }

  /** Whether there is a quantity. */
  public boolean hasQuantity() {
    return hasQuantity;
  }

  /** The quantity; 0 if there is none. */
  public int quantity() {
    return quantity;
  }

  /** The currency as sent. */
  public String currency() {
    return currency;
  }

  /** A JSON object: the producer's properties and every field that the contract does not know. */
  public String properties() {
    return properties;
  }

  /** The same for two copies of one event; see docs/event-contract.md. */
  public long fingerprint() {
    return fingerprint;
  }
}
