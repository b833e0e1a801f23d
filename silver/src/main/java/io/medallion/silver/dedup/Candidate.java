package io.medallion.silver.dedup;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A good record of the chunk at hand that wants to become a silver row.
 *
 * @param identity what event it is
 * @param fingerprint the same in copies of one payload
 * @param seq with topic, partition and offset the record's place in bronze's order
 * @param index its place in the record, if that holds several events; else 0
 */
public record Candidate(
    Identity identity,
    long fingerprint,
    long seq,
    String topic,
    int partition,
    long offset,
    int index)
    implements Serializable {

  /**
   * The order in which bronze took the records: among copies the least is the event, the others are
   * copies.
   */
  static final Comparator<Candidate> BRONZE_ORDER =
      Comparator.comparingLong(Candidate::seq)
          .thenComparing(Candidate::topic)
          .thenComparingInt(Candidate::partition)
          .thenComparingLong(Candidate::offset)
          .thenComparingInt(Candidate::index);
}
