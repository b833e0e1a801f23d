package io.medallion.silver.replay;

/**
 * What becomes of records that were in quarantine for one reason.
 *
 * @param events how many leave it as events
 * @param duplicates how many leave it as copies of events
 * @param stay how many stay, of those that a quarantine replay asked for; a backfill asks for none
 */
public record QuarantineOutcome(long events, long duplicates, long stay) {
  /** How many leave quarantine. */
  public long released() {
    return events + duplicates;
  }

  QuarantineOutcome plus(QuarantineOutcome other) {
    return new QuarantineOutcome(
        events + other.events, duplicates + other.duplicates, stay + other.stay);
  }
}
