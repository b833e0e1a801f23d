package io.medallion.bench;

import java.util.List;

/**
 * Three layers under live traffic, ours or those of the reference, that freshness is measured of.
 */
interface LiveChain extends AutoCloseable {
  /** Starts every layer; traffic flows already. */
  void start() throws InterruptedException;

  /**
   * Waits until everything that was sent is visible.
   *
   * @param sent how many records Kafka has acknowledged
   */
  void finish(long sent) throws InterruptedException;

  /** The stages of its journeys, in order. */
  List<String> stages();

  /** The journeys of the events sent before a moment, milliseconds since 1970. */
  List<Trace> traces(long before);

  /** Where its layers' time went; empty if nothing measures it. */
  List<PhaseTime> phases(long from, long to);

  @Override
  void close();
}
