package io.medallion.operations.verify;

/** What is known of a position of Kafka besides hashes; several may hold. */
enum Bit {
  /** Its record is an event by today's rules. */
  IS_EVENT,
  /** Silver has not read it yet. */
  BEYOND,
  /** Other rules than today's made its row of silver. */
  OTHER_RULES,
  /** Other rules than today's refused it. */
  OTHER_REFUSAL,
  /** Quarantine has it as a copy with another payload, and for nothing else. */
  CONFLICT,
  /** It was quarantined before it came, or in the future. */
  WRONG_TIME;

  long value() {
    return 1L << ordinal();
  }

  /** In Spark's SQL, on a column bits. */
  String isSet() {
    return "(bits & %d) <> 0".formatted(value());
  }
}
