package io.medallion.common.event;

import java.util.Locale;

/** The event types that metrics know, and their other spellings. */
public final class EventTypes {
  public static final String PAGE_VIEW = "page_view";
  public static final String CLICK = "click";
  public static final String ADD_TO_CART = "add_to_cart";
  public static final String REMOVE_FROM_CART = "remove_from_cart";
  public static final String PURCHASE = "purchase";

  /** A purchase taken back; only where a contract names it. Its price is below zero. */
  public static final String REFUND = "refund";

  public static final String UNKNOWN = "unknown";

  private static final int LONGEST = REMOVE_FROM_CART.length();

  private EventTypes() {}

  /** The type that metrics know, in whatever case it was given; any other as it is. */
  static String canonical(String given) {
    String type = known(given);
    if (type != null) {
      return type;
    }
    String stripped = given.strip();
    type = stripped.length() <= LONGEST ? known(stripped.toLowerCase(Locale.ROOT)) : null;
    return type != null ? type : stripped;
  }

  private static String known(String type) {
    return switch (type) {
      case PAGE_VIEW, "view" -> PAGE_VIEW;
      case CLICK -> CLICK;
      case ADD_TO_CART, "cart" -> ADD_TO_CART;
      case REMOVE_FROM_CART -> REMOVE_FROM_CART;
      case PURCHASE -> PURCHASE;
      default -> null;
    };
  }
}
