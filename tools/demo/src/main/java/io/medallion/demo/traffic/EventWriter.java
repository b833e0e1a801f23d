package io.medallion.demo.traffic;

import java.nio.charset.StandardCharsets;

/** Writes a deed as an event of the contract. One for each thread. */
final class EventWriter {
  private static final byte[] ID = bytes("{\"event_id\":\"");
  private static final byte[] TIME = bytes("\",\"timestamp\":\"");
  private static final byte[] TYPE = bytes("\",\"event_type\":\"");
  private static final byte[] AFTER_TYPE = bytes("\",");
  private static final byte[] OF_SITE = bytes("\"site\":\"");
  private static final byte[] SESSION = bytes("\"session_id\":\"");
  private static final byte[] AFTER_SESSION = bytes("\",");
  private static final byte[] PAGE = bytes("\"page\":\"" + Shop.SITE);
  private static final byte[] SITE = bytes(Shop.SITE);
  private static final byte[] REFERRER = bytes("\"referrer\":\"");
  private static final byte[] AFTER_TEXT = bytes("\",");
  private static final byte[] PRODUCT = bytes("\"product_id\":\"");
  private static final byte[] PRICE = bytes("\",\"price\":");
  private static final byte[] QUANTITY = bytes(",\"quantity\":");
  private static final byte[] CURRENCY = bytes(",\"currency\":\"");
  private static final byte[] WEB = bytes("\"properties\":{\"channel\":\"web\"");
  private static final byte[] APP = bytes("\"properties\":{\"channel\":\"app\"");
  private static final byte[] COMMA = bytes(",");
  private static final byte[] END = bytes("}}");
  private static final byte[] CORRECTED_END = bytes(",\"corrected\":true}}");

  private final JsonBytes json = new JsonBytes();
  private final boolean detailed;

  /**
   * A writer.
   *
   * @param detailed whether events say {@link Details} besides
   */
  EventWriter(boolean detailed) {
    this.detailed = detailed;
  }

  /**
   * @param micros the event time in epoch microseconds; apps write it in full, browsers in
   *     milliseconds
   */
  byte[] write(Visit visit, Action action, long idHigh, long idLow, long micros) {
    Person person = visit.person;
    json.clear();
    json.add(ID).uuid(idHigh, idLow).add(TIME).time(micros, person.app());
    json.add(TYPE).add(action.type().text()).add(AFTER_TYPE).add(visit.ids());
    if (visit.site != null) {
      json.add(OF_SITE).add(visit.site).add(AFTER_TEXT);
    }
    json.add(SESSION).add(visit.session).add(AFTER_SESSION);
    if (action.path() != null) {
      json.add(PAGE).add(action.path()).add(action.query()).add(AFTER_TEXT);
    }
    if (action.type() == EventType.PAGE_VIEW) {
      addReferrer(visit);
    }
    json.add(person.device());
    addProduct(person, action);
    json.add(person.app() ? APP : WEB);
    if (action.product() != null) {
      json.add(COMMA).add(action.product().label());
    }
    if (detailed) {
      json.add(visit.details());
      Details.add(json, idLow, micros);
    }
    return json.add(END).toBytes();
  }

  /** The same event, id and time, with something else to say. */
  static byte[] corrected(byte[] event) {
    byte[] corrected = new byte[event.length - END.length + CORRECTED_END.length];
    System.arraycopy(event, 0, corrected, 0, event.length - END.length);
    System.arraycopy(CORRECTED_END, 0, corrected, event.length - END.length, CORRECTED_END.length);
    return corrected;
  }

  private void addReferrer(Visit visit) {
    if (visit.previousPath() != null) {
      json.add(REFERRER).add(SITE).add(visit.previousPath()).add(AFTER_TEXT);
    } else if (visit.origin() != null) {
      json.add(REFERRER).add(visit.origin()).add(AFTER_TEXT);
    }
  }

  private void addProduct(Person person, Action action) {
    Shop.Product product = action.product();
    if (product == null) {
      return;
    }
    json.add(PRODUCT).add(product.id()).add(PRICE).add(product.price());
    if (action.quantity() > 0) {
      json.add(QUANTITY).add(Integer.toString(action.quantity()));
    }
    json.add(CURRENCY).add(person.currency()).add(AFTER_TEXT);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
