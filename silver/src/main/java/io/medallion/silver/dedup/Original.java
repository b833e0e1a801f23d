package io.medallion.silver.dedup;

import java.io.Serializable;

/**
 * An event of silver that candidates may be copies of.
 *
 * @param fingerprint the same in copies of one payload
 * @param place has its place in bronze's order; null if that is before every candidate's
 */
public record Original(long fingerprint, Candidate place) implements Serializable {
  /** One that came before every candidate. */
  static Original beforeAll(long fingerprint) {
    return new Original(fingerprint, null);
  }

  static Original of(Candidate event) {
    return new Original(event.fingerprint(), event);
  }

  /** Whether bronze took it before a candidate. */
  boolean isBefore(Candidate candidate) {
    return place == null || Candidate.BRONZE_ORDER.compare(place, candidate) < 0;
  }
}
