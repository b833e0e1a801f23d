package io.medallion.common.event;

import static io.medallion.common.event.ContractField.ANONYMOUS_ID;
import static io.medallion.common.event.ContractField.CURRENCY;
import static io.medallion.common.event.ContractField.EVENT_ID;
import static io.medallion.common.event.ContractField.EVENT_TYPE;
import static io.medallion.common.event.ContractField.IP_ADDRESS;
import static io.medallion.common.event.ContractField.PAGE;
import static io.medallion.common.event.ContractField.PRICE;
import static io.medallion.common.event.ContractField.PRODUCT_ID;
import static io.medallion.common.event.ContractField.QUANTITY;
import static io.medallion.common.event.ContractField.REFERRER;
import static io.medallion.common.event.ContractField.SESSION_ID;
import static io.medallion.common.event.ContractField.TIMESTAMP;
import static io.medallion.common.event.ContractField.USER_AGENT;
import static io.medallion.common.event.ContractField.USER_ID;

import io.medallion.common.event.RawFields.Kind;

/** Validates the fields of an event and derives what gold counts by. */
final class EventValidator {
  private static final int PRICE_POWER = 12;
  private static final int MOST_QUANTITY = 1_000_000;
  private static final int QUANTITY_POWER = 7;

  private final EventRules rules;
  private final RawFields fields;
  private final Reasons reasons;
  private final EventTime time = new EventTime();
  private final Decimal decimal = new Decimal();

  EventValidator(EventRules rules, RawFields fields, Reasons reasons) {
    this.rules = rules;
    this.fields = fields;
    this.reasons = reasons;
  }

  /**
   * Fills the event from its fields.
   *
   * @param whole whether the event was read to its end, so that what was not seen is missing
   * @param latestMicros the latest time that the event may have
   */
  void validate(ParsedEvent event, boolean whole, long latestMicros) {
    validateTime(event, whole, latestMicros);
    event.eventId = id(EVENT_ID);
    validateVisitor(event, whole);
    event.referrer = text(REFERRER);
    event.ipAddress = text(IP_ADDRESS);
    event.userAgent = text(USER_AGENT);
    event.currency = text(CURRENCY);
    event.productId = id(PRODUCT_ID);
    validatePrice(event);
    validateQuantity(event);
    validatePage(event);
    event.properties = fields.properties();
  }

  private void validateTime(ParsedEvent event, boolean whole, long latestMicros) {
    String text = fields.text(TIMESTAMP);
    Kind kind = fields.kind(TIMESTAMP);
    if (kind == Kind.ABSENT) {
      reasons.addIf(whole, ReasonCode.MISSING_FIELD, "timestamp", "an event needs a time");
      return;
    }
    if (kind != Kind.STRING && kind != Kind.NUMBER) {
      wrongType(TIMESTAMP, "a string or a number");
      return;
    }
    if (!(kind == Kind.STRING ? time.readText(text) : time.readNumber(text))) {
      reasons.add(time.problem(), "timestamp", "'" + Excerpt.of(text) + "': " + time.message());
      return;
    }
    event.eventTimeMicros = time.micros();
    if (time.micros() > latestMicros) {
      reasons.add(
          ReasonCode.TIMESTAMP_AHEAD,
          "timestamp",
          "'" + Excerpt.of(text) + "' is further ahead of its record than silver.max-future-skew");
    }
    if (time.micros() < rules.floorMicros()) {
      reasons.add(
          ReasonCode.TIMESTAMP_BEFORE_FLOOR,
          "timestamp",
          "'" + Excerpt.of(text) + "' is before silver.min-event-time");
    }
  }

  private void validateVisitor(ParsedEvent event, boolean whole) {
    event.userId = id(USER_ID);
    event.anonymousId = id(ANONYMOUS_ID);
    event.sessionId = id(SESSION_ID);
    event.visitor = event.userId != null ? event.userId : event.anonymousId;
    event.visitor = event.visitor != null ? event.visitor : event.sessionId;
    if (event.visitor == null && whole && noVisitorGiven()) {
      reasons.add(
          ReasonCode.MISSING_FIELD,
          "user_id",
          "an event needs one of user_id, anonymous_id, session_id");
    }
  }

  /** A visitor of the wrong type has its own reason. */
  private boolean noVisitorGiven() {
    return isStringOrAbsent(USER_ID)
        && isStringOrAbsent(ANONYMOUS_ID)
        && isStringOrAbsent(SESSION_ID);
  }

  private boolean isStringOrAbsent(ContractField field) {
    return fields.kind(field) == Kind.ABSENT || fields.kind(field) == Kind.STRING;
  }

  private void validatePrice(ParsedEvent event) {
    if (!readDecimal(PRICE)) {
      return;
    }
    boolean inRange = !decimal.isNegative() && decimal.isBelowPowerOfTen(PRICE_POWER);
    boolean precise = decimal.hasAtMostDecimals(ParsedEvent.PRICE_SCALE);
    if (!inRange) {
      outOfRange(PRICE, "a price is at least 0 and less than 1,000,000,000,000");
    }
    if (!precise) {
      tooPrecise(PRICE, "a price has at most 6 decimals");
    }
    if (inRange && precise) {
      event.hasPrice = true;
      event.priceUnscaled = decimal.scaled(ParsedEvent.PRICE_SCALE);
    }
  }

  private void validateQuantity(ParsedEvent event) {
    if (!readDecimal(QUANTITY)) {
      return;
    }
    boolean precise = decimal.hasAtMostDecimals(0);
    boolean inRange =
        !decimal.isNegative()
            && decimal.isBelowPowerOfTen(QUANTITY_POWER)
            && decimal.scaled(0) <= (precise ? MOST_QUANTITY : MOST_QUANTITY - 1);
    if (!inRange) {
      outOfRange(QUANTITY, "a quantity is at least 0 and at most 1,000,000");
    }
    if (!precise) {
      tooPrecise(QUANTITY, "a quantity is a whole number");
    }
    if (inRange && precise) {
      event.hasQuantity = true;
      event.quantity = (int) decimal.scaled(0);
    }
  }

  /** Numbers come as JSON numbers or, from producers that know only text, as strings. */
  private boolean readDecimal(ContractField field) {
    String text = fields.text(field);
    Kind kind = fields.kind(field);
    if (kind == Kind.ABSENT) {
      return false;
    }
    if (kind != Kind.NUMBER && kind != Kind.STRING) {
      wrongType(field, "a number");
      return false;
    }
    if (!decimal.read(text)) {
      // A token such as NaN has its reason from the reader.
      reasons.addIf(
          kind == Kind.STRING,
          ReasonCode.INVALID_NUMBER,
          field.contractName(),
          "'" + Excerpt.of(text) + "' is not a number");
      return false;
    }
    return true;
  }

  private void validatePage(ParsedEvent event) {
    event.url = text(PAGE);
    event.page = event.url == null ? null : PagePath.of(event.url);
    String type = text(EVENT_TYPE);
    if (type != null) {
      event.eventType = EventTypes.canonical(type);
    } else {
      event.eventType = event.page != null ? EventTypes.PAGE_VIEW : EventTypes.UNKNOWN;
    }
    boolean productView =
        event.page == null
            && event.productId != null
            && event.eventType.equals(EventTypes.PAGE_VIEW);
    if (productView) {
      event.page = "product:" + event.productId;
    }
  }

  /** A string as it is; null if absent. */
  private String text(ContractField field) {
    Kind kind = fields.kind(field);
    if (kind == Kind.ABSENT) {
      return null;
    }
    if (kind != Kind.STRING) {
      wrongType(field, "a string");
      return null;
    }
    return fields.text(field);
  }

  /** A string as it is, or a whole number by its text; null if absent. */
  private String id(ContractField field) {
    Kind kind = fields.kind(field);
    if (kind == Kind.NUMBER) {
      String text = fields.text(field);
      if (isWhole(text)) {
        return text;
      }
      wrongType(field, "a string or a whole number");
      return null;
    }
    return text(field);
  }

  private static boolean isWhole(String number) {
    for (int i = number.charAt(0) == '-' ? 1 : 0; i < number.length(); i++) {
      if (number.charAt(i) < '0' || number.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private void wrongType(ContractField field, String wanted) {
    reasons.add(
        ReasonCode.WRONG_TYPE,
        field.contractName(),
        "'%s' is not %s".formatted(Excerpt.of(fields.text(field)), wanted));
  }

  private void outOfRange(ContractField field, String rule) {
    breaks(ReasonCode.NUMBER_OUT_OF_RANGE, field, rule);
  }

  private void tooPrecise(ContractField field, String rule) {
    breaks(ReasonCode.NUMBER_TOO_PRECISE, field, rule);
  }

  private void breaks(ReasonCode code, ContractField field, String rule) {
    reasons.add(code, field.contractName(), "'" + Excerpt.of(fields.text(field)) + "': " + rule);
  }
}
