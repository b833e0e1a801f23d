package io.medallion.bench;

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

  /** The ages of the events sent in a stretch of time, milliseconds since 1970, end excluded. */
  Freshness freshness(long from, long to);

  @Override
  void close();
}
