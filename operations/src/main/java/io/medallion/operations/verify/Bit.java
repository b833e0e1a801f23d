package io.medallion.operations.verify;

/** What is known of a position of Kafka besides hashes; several may hold. */
enum Bit {
  /** Its record is an event by today's rules. */
  IS_EVENT(1),
  /** Silver has not read it yet. */
  BEYOND(2),
  /** Other rules than today's made its row of silver. */
  OTHER_RULES(4),
  /** Other rules than today's refused it. */
  OTHER_REFUSAL(8),
  /** Quarantine has it as a copy with another payload, and for nothing else. */
  CONFLICT(16),
  /** It was quarantined before it came, or in the future. */
  WRONG_TIME(32),
  /** Quarantine holds bytes of it. */
  HAS_BYTES(64),
  /** Its row of silver has pseudonyms by the previous key. */
  PREVIOUS_KEY(128),
  /** Bronze has its place alone: retention has removed what it said. */
  PRUNED(256);

  private final long value;

  Bit(long value) {
    this.value = value;
  }

  long value() {
    return value;
  }

  /** In Spark's SQL, on a column bits. */
  String isSet() {
    return "(bits & %d) <> 0".formatted(value());
  }
}
