package io.medallion.common.event;

import static io.medallion.common.event.ParsedEvent.ANONYMOUS_ID;
import static io.medallion.common.event.ParsedEvent.EVENT_TIME;
import static io.medallion.common.event.ParsedEvent.PAGE;
import static io.medallion.common.event.ParsedEvent.PRODUCT_ID;
import static io.medallion.common.event.ParsedEvent.PROPERTIES;
import static io.medallion.common.event.ParsedEvent.SESSION_ID;
import static io.medallion.common.event.ParsedEvent.USER_ID;
import static io.medallion.common.event.ParsedEvent.VISITOR;

import com.fasterxml.jackson.core.JsonFactory;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ValueRules;
import io.medallion.common.contract.ValueRules.Clock;
import io.medallion.common.event.RawFields.Kind;
import java.util.ArrayList;
import java.util.List;

/** Validates the columns of an event and derives what gold counts by. */
final class EventValidator {
  private final EventRules rules;
  private final RawFields fields;
  private final Reasons reasons;
  private final EventTime time;
  private final ColumnReader[] readers;
  private final TypeRules types;
  private final PagePath pages;

  /** The columns whose difference a device's clock is off by; negative if none are declared. */
  private final int sent;

  private final int received;

  EventValidator(EventRules rules, RawFields fields, Reasons reasons) {
    this.rules = rules;
    this.fields = fields;
    this.reasons = reasons;
    List<ContractColumn> columns = rules.columns();
    ValueRules ofTime = columns.get(EVENT_TIME).values();
    Clock clock = ofTime.clock();
    this.time = new EventTime(ofTime);
    this.sent = clock == null ? -1 : rules.column(clock.sent());
    this.received = clock == null ? -1 : rules.column(clock.received());
    this.types = new TypeRules(columns);
    this.pages = new PagePath(rules.contract().pages());
    this.readers = readers(columns);
  }

  /** Of all columns that are no more than what the event says. */
  private ColumnReader[] readers(List<ContractColumn> columns) {
    Decimal decimal = new Decimal();
    JsonFactory json = EventReader.factory();
    List<ColumnReader> all = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).isRead() && i != EVENT_TIME && i != PROPERTIES) {
        all.add(new ColumnReader(i, columns.get(i), fields, reasons, decimal, time, json));
      }
    }
    return all.toArray(ColumnReader[]::new);
  }

  /**
   * Fills the event from its fields.
   *
   * @param whole whether the event was read to its end, so that what was not seen is missing
   * @param latestMicros the latest time that the event may have
   */
  void validate(ParsedEvent event, boolean whole, long latestMicros) {
    if (sent < 0) {
      validateTime(event, whole, latestMicros);
    }
    for (ColumnReader reader : readers) {
      reader.read(event);
    }
    if (sent >= 0) {
      validateTime(event, whole, latestMicros);
    }
    deriveVisitor(event, whole);
    derivePage(event);
    event.values[PROPERTIES] = fields.properties();
  }

  private void validateTime(ParsedEvent event, boolean whole, long latestMicros) {
    String text = fields.text(EVENT_TIME);
    Kind kind = fields.kind(EVENT_TIME);
    if (kind == Kind.ABSENT) {
      reasons.addIf(whole, ReasonCode.MISSING_FIELD, "timestamp", "an event needs a time");
      return;
    }
    if (kind != Kind.STRING && kind != Kind.NUMBER) {
      reasons.add(
          ReasonCode.WRONG_TYPE,
          "timestamp",
          "'%s' is not a string or a number".formatted(Excerpt.of(text)));
      return;
    }
    if (!(kind == Kind.STRING ? time.readText(text) : time.readNumber(text))) {
      reasons.add(time.problem(), "timestamp", "'" + Excerpt.of(text) + "': " + time.message());
      return;
    }
    long micros = time.micros() + clockIsSlowBy(event);
    event.put(EVENT_TIME, micros);
    if (micros > latestMicros) {
      reasons.add(
          ReasonCode.TIMESTAMP_AHEAD,
          "timestamp",
          "'" + Excerpt.of(text) + "' is further ahead of its record than silver.max-future-skew");
    }
    if (micros < rules.floorMicros()) {
      reasons.add(
          ReasonCode.TIMESTAMP_BEFORE_FLOOR,
          "timestamp",
          "'" + Excerpt.of(text) + "' is before silver.min-event-time");
    }
  }

  /** What to add to a device's times, in microseconds; 0 if the event does not say both. */
  private long clockIsSlowBy(ParsedEvent event) {
    return sent >= 0 && event.has(sent) && event.has(received)
        ? event.number(received) - event.number(sent)
        : 0;
  }

  private void deriveVisitor(ParsedEvent event, boolean whole) {
    Object visitor = event.values[USER_ID];
    visitor = visitor != null ? visitor : event.values[ANONYMOUS_ID];
    visitor = visitor != null ? visitor : event.values[SESSION_ID];
    event.values[VISITOR] = visitor;
    if (visitor == null && whole && rules.contract().visitorRequired() && noVisitorGiven()) {
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

  private boolean isStringOrAbsent(int column) {
    return fields.kind(column) == Kind.ABSENT || fields.kind(column) == Kind.STRING;
  }

  private void derivePage(ParsedEvent event) {
    String page = event.url() == null ? null : pages.of(event.url());
    String type = types.of(event, page, reasons);
    String product = event.text(PRODUCT_ID);
    if (page == null && product != null && type.equals(EventTypes.PAGE_VIEW)) {
      page = "product:" + product;
    }
    event.values[ParsedEvent.EVENT_TYPE] = type;
    event.values[PAGE] = page;
  }
}
