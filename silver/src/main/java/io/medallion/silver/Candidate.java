package io.medallion.silver;

import java.util.Comparator;

/**
 * A good record of the chunk at hand that wants to become a silver row.
 *
 * @param identity what event it is
 * @param hash 64 bits of the identity, to look for it without comparing texts
 * @param fingerprint the same in copies of one payload
 * @param seq with topic, partition and offset the record's place in bronze's order
 * @param block the part of the judged chunk that holds it
 * @param index its place there
 */
record Candidate(
    Identity identity,
    long hash,
    long fingerprint,
    long seq,
    String topic,
    int partition,
    long offset,
    int block,
    int index) {

  /**
   * The order in which bronze took the records: among copies the least is the event, the others are
   * copies.
   */
  static final Comparator<Candidate> BRONZE_ORDER =
      Comparator.comparingLong(Candidate::seq)
          .thenComparing(Candidate::topic)
          .thenComparingInt(Candidate::partition)
          .thenComparingLong(Candidate::offset);
}
