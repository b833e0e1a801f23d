package io.medallion.demo.traffic;

/**
 * A record that goes out, and what is true of it.
 *
 * @param kind what becomes of it
 * @param key the visitor's bytes
 * @param value null for a tombstone
 * @param elsewhere whether it goes to another partition than its key says
 * @param site which shop it is of; null if events do not say
 * @param visitor the best id in it
 * @param device the anonymous id beside a user's, which says whose all events of the device are;
 *     null for none
 * @param micros its event time in epoch microseconds
 * @param type what happened
 * @param page under which page it counts; null for none
 * @param crawler whether a machine did it
 * @param late whether it lies a minute or more behind
 * @param heldBack whether it comes after later ones
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Compared by nobody, and made a hundred thousand times a second.
record Emission(
    Kind kind,
    byte[] key,
    byte[] value,
    boolean elsewhere,
    String site,
    String visitor,
    String device,
    long micros,
    EventType type,
    String page,
    boolean crawler,
    boolean late,
    boolean heldBack) {

  /** What becomes of a record. */
  enum Kind {
    EVENT,
    DUPLICATE,
    CONFLICT,
    BROKEN
  }

  Emission withHeldBack() {
    return new Emission(
        kind, key, value, elsewhere, site, visitor, device, micros, type, page, crawler, late,
        true);
  }

  Emission as(Kind otherKind, byte[] otherValue, boolean toElsewhere) {
    return new Emission(
        otherKind,
        key,
        otherValue,
        toElsewhere,
        site,
        visitor,
        device,
        micros,
        type,
        page,
        crawler,
        late,
        heldBack);
  }
}
