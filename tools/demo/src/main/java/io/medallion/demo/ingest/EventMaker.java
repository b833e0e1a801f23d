package io.medallion.demo.ingest;

import io.medallion.common.event.EventMembers;
import io.medallion.common.event.EventMembers.Member;
import io.medallion.common.event.EventParser;
import io.medallion.common.event.EventRules;
import io.medallion.common.event.ParsedEvent;
import io.medallion.common.event.TimestampType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Makes a record of an event's JSON: what is one, who its visitor is and whether it has an id, says
 * the contract's own parser. One for each file.
 */
final class EventMaker {
  private static final String EVENT_ID = "event_id";
  private static final byte[] NAME = EVENT_ID.getBytes(StandardCharsets.US_ASCII);
  private static final int BEFORE = EVENT_ID.indexOf('_');
  private static final long NO_TIME = -1;

  private final int mostBytes;
  private final EventParser parser;
  private final EventMembers members = new EventMembers();
  private final LineId ids = new LineId();

  EventMaker(EventRules rules) {
    mostBytes = rules.maxEventBytes();
    parser = new EventParser(rules);
  }

  /**
   * The record of an event, with an id from its line if it has none.
   *
   * @param line its number
   * @param source what an id is derived from
   * @param json the event
   * @param raw what is sent if it is none
   */
  Outgoing of(long line, byte[] source, byte[] json, byte[] raw) {
    if (json.length > mostBytes) {
      return Outgoing.tooLong(line, json.length);
    }
    ParsedEvent event =
        parser.parse(json, NO_TIME, TimestampType.CREATE_TIME, Long.MAX_VALUE, 0, "", 0, 0);
    if (!event.isWhole()) {
      return asIs(line, raw);
    }
    byte[] key = event.visitor() == null ? null : event.visitor().getBytes(StandardCharsets.UTF_8);
    if (event.hasOwnId()) {
      return Outgoing.event(line, key, json, false);
    }
    Optional<Member> given = mayName(json) ? given(json) : Optional.empty();
    if (given.isPresent() && !given.get().isAbsent()) {
      // Not an id, as silver will say; a second one would not make it better.
      return Outgoing.event(line, key, json, false);
    }
    byte[] identified = identified(json, given, ids.next(source));
    return identified.length > mostBytes
        ? Outgoing.tooLong(line, identified.length)
        : Outgoing.event(line, key, identified, true);
  }

  /** Whether the name of the id is in it, be it escaped; most events have neither. */
  private static boolean mayName(byte[] json) {
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\\' || (json[i] == '_' && stands(NAME, json, i - BEFORE))) {
        return true;
      }
    }
    return false;
  }

  private static boolean stands(byte[] text, byte[] json, int at) {
    return at >= 0
        && at + text.length <= json.length
        && Arrays.equals(json, at, at + text.length, text, 0, text.length);
  }

  private Optional<Member> given(byte[] json) {
    return members.of(json).orElseThrow().stream()
        .filter(member -> member.name().equals(EVENT_ID))
        .findFirst();
  }

  /** The record of a line that is no event. */
  Outgoing asIs(long line, byte[] raw) {
    return raw.length > mostBytes ? Outgoing.tooLong(line, raw.length) : Outgoing.asIs(line, raw);
  }

  private static byte[] identified(byte[] json, Optional<Member> absent, String id) {
    Edits edits = new Edits();
    if (absent.isPresent()) {
      edits.replace(absent.get().from(), absent.get().until(), '"' + id + '"');
    } else {
      String member = "\"" + EVENT_ID + "\":\"" + id + '"';
      edits.insert(behindBrace(json), isEmpty(json) ? member : member + ',');
    }
    return edits.in(json);
  }

  private static boolean isEmpty(byte[] json) {
    int at = behindBrace(json);
    while (json[at] <= ' ') {
      at++;
    }
    return json[at] == '}';
  }

  /** Behind the brace that opens an event. */
  static int behindBrace(byte[] json) {
    int at = 0;
    while (json[at] != '{') {
      at++;
    }
    return at + 1;
  }
}
