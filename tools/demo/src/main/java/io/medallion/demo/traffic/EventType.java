package io.medallion.demo.traffic;

/** What people do, by the contract's own names. */
enum EventType {
  PAGE_VIEW,
  CLICK,
  ADD_TO_CART,
  REMOVE_FROM_CART,
  PURCHASE;

  private static final EventType[] ALL = values();

  private final String text = name().toLowerCase(java.util.Locale.ROOT);

  /** As it stands in events. */
  String text() {
    return text;
  }

  static EventType at(int ordinal) {
    return ALL[ordinal];
  }
}
