package io.medallion.demo.ingest;

/**
 * A record made from a line.
 *
 * @param key the visitor's bytes; null where there is none
 * @param value the event, or the line as it is
 * @param mapped whether it is an event
 * @param derivedId whether its id was derived from the line
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Compared by nobody, and made a hundred thousand times a second.
record Outgoing(byte[] key, byte[] value, boolean mapped, boolean derivedId) {
  static Outgoing raw(byte[] line) {
    return new Outgoing(null, line, false, false);
  }
}
