package io.medallion.demo.ingest;

/**
 * What becomes of a line.
 *
 * @param line its number in the file
 * @param fate whether it is sent, and as what
 * @param key the visitor's bytes; null if there is none
 * @param value the event, or the line as it is; null if it is not sent
 * @param length how many bytes the value has, or would have
 * @param derivedId whether its id was derived from the line
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Compared by nobody, and made a hundred thousand times a second.
record Outgoing(long line, Fate fate, byte[] key, byte[] value, long length, boolean derivedId) {
  enum Fate {
    EVENT,
    /** Quarantine shows it. */
    AS_IS,
    /** Longer than an event may be: not sent. */
    TOO_LONG,
    /** Perhaps half a line, whose other half is to come: not sent yet. */
    WAITS
  }

  static Outgoing event(long line, byte[] key, byte[] value, boolean derivedId) {
    return new Outgoing(line, Fate.EVENT, key, value, value.length, derivedId);
  }

  static Outgoing asIs(long line, byte[] value) {
    return new Outgoing(line, Fate.AS_IS, null, value, value.length, false);
  }

  static Outgoing tooLong(long line, long length) {
    return new Outgoing(line, Fate.TOO_LONG, null, null, length, false);
  }

  static Outgoing waits(long line, long length) {
    return new Outgoing(line, Fate.WAITS, null, null, length, false);
  }

  boolean isSent() {
    return value != null;
  }
}
