package io.medallion.common.event;

import io.medallion.common.contract.Pseudonyms;
import java.util.Arrays;
import java.util.Optional;

/**
 * Parses and validates records by docs/event-contract.md. Not thread-safe: one for each thread,
 * used for many records.
 */
public final class EventParser {
  private final EventRules rules;
  private final ParsedEvent event;
  private final RawFields fields;
  private final Reasons reasons;
  private final EventReader reader;
  private final EventValidator validator;
  private final LocalDays localDays;
  private final Pseudonyms.Maker pseudonyms;

  /** A parser that validates by the given rules. */
  public EventParser(EventRules rules) {
    this.rules = rules;
    int columns = rules.columns().size();
    this.event = new ParsedEvent(columns);
    this.fields = new RawFields(columns, ParsedEvent.PROPERTIES);
    this.reasons = new Reasons(event.reasons);
    this.reader = new EventReader(rules, event, fields, reasons);
    this.validator = new EventValidator(rules, fields, reasons);
    this.localDays = new LocalDays(rules.contract().sites());
    this.pseudonyms = rules.contract().pseudonyms().maker();
  }

  /** Parses a record that is one event; the same as of the first of several. */
  public ParsedEvent parse(
      byte[] value,
      long kafkaTimestampMicros,
      TimestampType timestampType,
      long ingestedAtMicros,
      int sourceEpoch,
      String topic,
      int partition,
      long offset) {
    return parse(
        value,
        kafkaTimestampMicros,
        timestampType,
        ingestedAtMicros,
        sourceEpoch,
        topic,
        partition,
        offset,
        0);
  }

  /**
   * Parses one event; never throws for what it holds.
   *
   * @param value the record's value, or the event's part of it; null for a tombstone
   * @param kafkaTimestampMicros the record's time in microseconds since 1970, negative if it has
   *     none
   * @param timestampType whose clock that is
   * @param ingestedAtMicros when bronze took it, in microseconds since 1970
   * @param sourceEpoch with topic, partition and offset the record's position, from which a missing
   *     id is derived
   * @param topic the site as well, if the event names none
   * @param index the event's place in its record, if that holds several; else 0
   * @return the same object every time, valid until the next call
   */
  public ParsedEvent parse(
      byte[] value,
      long kafkaTimestampMicros,
      TimestampType timestampType,
      long ingestedAtMicros,
      int sourceEpoch,
      String topic,
      int partition,
      long offset,
      int index) {
    event.clear();
    fields.clear();
    boolean whole = read(value);
    boolean brokersClock =
        timestampType == TimestampType.LOG_APPEND_TIME && kafkaTimestampMicros >= 0;
    long now = brokersClock ? kafkaTimestampMicros : ingestedAtMicros;
    validator.validate(event, whole, latest(now));
    event.whole = whole;
    event.ownId = event.eventId() != null;
    if (!event.ownId) {
      event.values[ParsedEvent.EVENT_ID] = derivedId(sourceEpoch, topic, partition, offset, index);
    }
    if (event.site() == null) {
      event.values[ParsedEvent.SITE] = topic;
    }
    if (event.has(ParsedEvent.EVENT_TIME)) {
      event.put(ParsedEvent.LOCAL_DATE, localDays.of(event.site(), event.eventTimeMicros()));
    }
    event.fingerprint = whole ? pseudonyms.sealed(reader.fingerprint()) : 0;
    return event;
  }

  /**
   * The day of an event that was parsed before, by the clocks of its site.
   *
   * @param micros when it happened, in microseconds since 1970
   * @return in days since 1970
   */
  public int localDay(String site, long micros) {
    return localDays.of(site, micros);
  }

  /** Saturates, since a record's time may be anything. */
  private long latest(long now) {
    long latest = now + rules.maxAheadMicros();
    return now > 0 && latest < 0 ? Long.MAX_VALUE : latest;
  }

  /**
   * The id of an event that has none. A producer that chose the same text for the same time would
   * have its second event in quarantine as a conflict, so nothing is lost by it.
   */
  private static String derivedId(
      int sourceEpoch, String topic, int partition, long offset, int index) {
    String ofRecord = "k:" + sourceEpoch + ':' + topic + ':' + partition + ':' + offset;
    return index == 0 ? ofRecord : ofRecord + ':' + index;
  }

  /** Whether the value was read to its end; if not, the reason is among the reasons. */
  private boolean read(byte[] value) {
    try {
      checkSize(value);
      byte[] json = withoutByteOrderMark(value);
      read(json, checkedFlags(json));
      return true;
    } catch (StructuralProblem problem) {
      reasons.add(problem.code(), null, problem.getMessage());
      return false;
    }
  }

  /** Jackson takes a name with half a character for broken JSON, which it is not. */
  private void read(byte[] json, int flags) throws StructuralProblem {
    try {
      reader.read(json, flags);
    } catch (StructuralProblem problem) {
      Optional<byte[]> readable =
          (flags & Utf8.ESCAPES) == 0 ? Optional.empty() : LoneSurrogates.replaced(json);
      if (readable.isEmpty() || problem.code() != ReasonCode.MALFORMED_JSON) {
        throw problem;
      }
      event.clear();
      fields.clear();
      reader.read(readable.get(), flags);
    }
  }

  private void checkSize(byte[] value) throws StructuralProblem {
    if (value == null) {
      throw new StructuralProblem(ReasonCode.EMPTY_VALUE, "the record has no value: a tombstone");
    }
    if (value.length == 0) {
      throw new StructuralProblem(ReasonCode.EMPTY_VALUE, "the value has no bytes");
    }
    if (value.length > rules.maxEventBytes()) {
      throw new StructuralProblem(
          ReasonCode.EVENT_TOO_LARGE,
          "%d bytes are more than silver.max-event-size, %d"
              .formatted(value.length, rules.maxEventBytes()));
    }
  }

  private static int checkedFlags(byte[] json) throws StructuralProblem {
    int flags = Utf8.scan(json);
    boolean otherEncoding = (flags & Utf8.ZERO) != 0 && zeroAtStart(json);
    if ((flags & Utf8.INVALID) != 0 || otherEncoding) {
      throw new StructuralProblem(
          ReasonCode.NOT_UTF8,
          otherEncoding ? "the bytes look like UTF-16 or UTF-32" : "the bytes are not UTF-8");
    }
    if ((flags & Utf8.ZERO) != 0) {
      throw new StructuralProblem(ReasonCode.MALFORMED_JSON, "a byte 0 is no part of any JSON");
    }
    return flags;
  }

  private static boolean zeroAtStart(byte[] json) {
    for (int i = 0; i < 4 && i < json.length; i++) {
      if (json[i] == 0) {
        return true;
      }
    }
    return false;
  }

  /** One is allowed; a second one, which Jackson would skip as well, is not. */
  private static byte[] withoutByteOrderMark(byte[] value) throws StructuralProblem {
    if (isMarked(value, 0) && isMarked(value, 3)) {
      throw new StructuralProblem(ReasonCode.MALFORMED_JSON, "two byte order marks");
    }
    return isMarked(value, 0) ? Arrays.copyOfRange(value, 3, value.length) : value;
  }

  /** Whether a byte order mark stands there. */
  static boolean isMarked(byte[] value, int at) {
    return value.length >= at + 3
        && value[at] == (byte) 0xEF
        && value[at + 1] == (byte) 0xBB
        && value[at + 2] == (byte) 0xBF;
  }
}
