package io.medallion.demo.traffic;

/** What people do, by the contract's own names. */
enum EventType {
  PAGE_VIEW(0),
  CLICK(1),
  ADD_TO_CART(2),
  REMOVE_FROM_CART(3),
  PURCHASE(4);

  private final int code;

  private final String text = name().toLowerCase(java.util.Locale.ROOT);

  EventType(int code) {
    this.code = code;
  }

  /** As it stands in events. */
  String text() {
    return text;
  }

  /** A small number for packing. */
  int code() {
    return code;
  }
}
