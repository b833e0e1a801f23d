package io.medallion.common.event;

/**
 * Why an event is in quarantine. The names stay the same across releases; docs/event-contract.md
 * lists them.
 */
public enum ReasonCode {
  /** The record has no value (a tombstone), an empty one, or one of white space alone. */
  EMPTY_VALUE,
  /** The value has more bytes than {@code silver.max-event-size}; it was not parsed. */
  EVENT_TOO_LARGE,
  /** The bytes are not UTF-8: another encoding, or a sequence that UTF-8 forbids. */
  NOT_UTF8,
  /** Broken or truncated JSON. */
  MALFORMED_JSON,
  /** JSON, but not an object: an array, a string, a number, a boolean, null. */
  NOT_AN_OBJECT,
  /** Something follows the object: a second one, or garbage. */
  TRAILING_DATA,
  /** A name stands twice at the top level, or on a mapped path. */
  DUPLICATE_KEY,
  /** More levels of nesting than {@code silver.max-depth}. */
  TOO_DEEP,
  /** More names than {@code silver.max-keys}. */
  TOO_MANY_KEYS,
  /** A string longer than {@code silver.max-string-size}. */
  STRING_TOO_LONG,
  /** U+0000 or a lone surrogate in a string or a name. */
  ILLEGAL_CHARACTER,
  /** A needed field is missing, null or blank. */
  MISSING_FIELD,
  /** A field of the contract with a value of the wrong JSON type. */
  WRONG_TYPE,
  /** A timestamp in none of the contract's forms, or a date or time that does not exist. */
  INVALID_TIMESTAMP,
  /** A date and time without a zone: it could be any of 26 hours. */
  TIMESTAMP_WITHOUT_ZONE,
  /** A number that would lie before 1980 as milliseconds. */
  TIMESTAMP_EPOCH_SECONDS,
  /** A time further ahead of its record than {@code silver.max-future-skew}. */
  TIMESTAMP_AHEAD,
  /** A time before {@code silver.min-event-time}. */
  TIMESTAMP_BEFORE_FLOOR,
  /** Not a number: NaN, Infinity, or a string that is none. */
  INVALID_NUMBER,
  /** A negative or too large number. */
  NUMBER_OUT_OF_RANGE,
  /** More decimals than the column has. */
  NUMBER_TOO_PRECISE,
  /** A rule of the user's contract, which the reason names as its field. */
  RULE_BROKEN,
  /** A rule of the user's contract that redacts the event as a whole, named as its field. */
  REDACTED,
  /** An expression of the user's contract, named as its field, that fails on the event. */
  EXPRESSION_FAILED,
  /**
   * The id and time of an earlier event, with another payload. Judged by silver, not by parsing.
   */
  ID_CONFLICT,
  /** Of a person who was erased: nothing of it is kept but its place. Judged by silver. */
  ERASED,
  /**
   * {@code bronze.retention} has removed what it said before silver read it, or read it again.
   * Judged by silver.
   */
  PRUNED
}
