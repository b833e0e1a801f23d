package io.medallion.common.event;

import static io.medallion.common.event.ParsedEvent.EVENT_TYPE;
import static io.medallion.common.event.ParsedEvent.PRICE;
import static io.medallion.common.event.ParsedEvent.QUANTITY;

import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ValueRules;
import java.util.List;

/**
 * Says of what type an event is, and makes the amount of a refund negative: that of an event whose
 * word is mapped to it, or of a purchase below zero, where the contract says so.
 */
final class TypeRules {
  private final ValueRules types;

  /** Whether an event may be a refund at all. */
  private final boolean mayBeRefund;

  private final String[] dropFlags;

  TypeRules(List<ContractColumn> columns) {
    types = columns.get(EVENT_TYPE).values();
    mayBeRefund =
        types.map().containsValue(EventTypes.REFUND)
            || columns.get(PRICE).values().negativeIsRefund()
            || columns.get(QUANTITY).values().negativeIsRefund();
    dropFlags = columns.stream().map(ColumnReader::dropFlag).toArray(String[]::new);
  }

  /**
   * The type.
   *
   * @param page that it counts under; null for none
   */
  String of(ParsedEvent event, String page, Reasons reasons) {
    String given = event.eventType();
    String mapped =
        given == null || types.map().isEmpty() ? null : types.mapped(given).orElse(null);
    String type = mapped != null ? mapped : unmapped(given, page);
    if (!mayBeRefund) {
      return type;
    }
    boolean isBelowZero = isNegative(event, PRICE) || isNegative(event, QUANTITY);
    boolean isRefund =
        EventTypes.REFUND.equals(mapped)
            || (type.equals(EventTypes.PURCHASE)
                && isNegative(event, PRICE) != isNegative(event, QUANTITY));
    if (isRefund) {
      makeAbsolute(event, PRICE);
      makeAbsolute(event, QUANTITY);
      event.numbers[PRICE] = -event.numbers[PRICE];
      return EventTypes.REFUND;
    }
    if (isBelowZero) {
      refuse(event, PRICE, "price", reasons);
      refuse(event, QUANTITY, "quantity", reasons);
    }
    return type;
  }

  private static String unmapped(String given, String page) {
    if (given == null) {
      return page != null ? EventTypes.PAGE_VIEW : EventTypes.UNKNOWN;
    }
    return EventTypes.canonical(given);
  }

  private static boolean isNegative(ParsedEvent event, int column) {
    return event.has(column) && event.number(column) < 0;
  }

  private static void makeAbsolute(ParsedEvent event, int column) {
    event.numbers[column] = Math.abs(event.numbers[column]);
  }

  /** What is no purchase may not be below zero. */
  private void refuse(ParsedEvent event, int column, String field, Reasons reasons) {
    if (!isNegative(event, column)) {
      return;
    }
    event.present[column] = false;
    if (dropFlags[column] == null) {
      reasons.add(
          ReasonCode.NUMBER_OUT_OF_RANGE, field, field + " is below zero, and this is no refund");
    } else {
      event.flag(dropFlags[column]);
    }
  }
}
