package io.medallion.common.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Records for tests: ingested at noon of 1 June 2026, at a position of their own. */
final class Records {
  /** 2026-06-01T12:00:00Z. */
  static final long INGESTED = 1_780_315_200_000_000L;

  private Records() {}

  static EventRules rules(Map<String, String> fields) {
    EventRules d = EventRules.defaults();
    return new EventRules(
        d.maxEventBytes(),
        d.maxDepth(),
        d.maxKeys(),
        d.maxStringBytes(),
        d.floorMicros(),
        d.maxAheadMicros(),
        fields,
        d.contract(),
        d.hidesAddress());
  }

  static ParsedEvent parse(String json) {
    return parse(new EventParser(EventRules.defaults()), json.getBytes(StandardCharsets.UTF_8));
  }

  static ParsedEvent parse(EventParser parser, byte[] value) {
    return parser.parse(value, -1, TimestampType.CREATE_TIME, INGESTED, 0, "t", 3, 42);
  }

  /** A good event with more members, as JSON without braces. */
  static String event(String members) {
    return "{\"timestamp\":\"2026-06-01T10:00:00Z\",\"user_id\":\"u\""
        + (members.isEmpty() ? "" : "," + members)
        + "}";
  }

  static ParsedEvent with(String members) {
    return parse(event(members));
  }

  /** A string of an event. */
  static String text(ParsedEvent event, String column) {
    return event.text(EventRules.defaults().column(column));
  }

  /** A number of an event; null if there is none. */
  static Long number(ParsedEvent event, String column) {
    int number = EventRules.defaults().column(column);
    return event.has(number) ? event.number(number) : null;
  }

  /** The reasons as {@code CODE field}. */
  static List<String> codes(ParsedEvent event) {
    return event.reasons().stream()
        .map(r -> r.code() + (r.field() == null ? "" : " " + r.field()))
        .toList();
  }
}
