package io.medallion.common.event;

/**
 * Parses and judges records by docs/event-contract.md. Not thread-safe: one for each thread, used
 * for many records.
 */
public final class EventParser {
  private final ParsedEvent event = new ParsedEvent();

  /** A parser that judges by the given rules. */
  public EventParser(EventRules rules) {
    FieldBindings.of(rules.fields());
  }

  /**
   * Parses one record; never throws for what it holds.
   *
   * @param value the record's value, null for a tombstone
   * @param kafkaTimestampMicros the record's time in microseconds since 1970, negative where it has
   *     none
   * @param timestampType whose clock that is
   * @param ingestedAtMicros when bronze took it, in microseconds since 1970
   * @param sourceEpoch with topic, partition and offset the record's position, from which a missing
   *     id is derived
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
      long offset) {
    event.clear();
    return event;
  }
}
