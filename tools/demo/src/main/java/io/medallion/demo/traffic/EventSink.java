package io.medallion.demo.traffic;

/** Where one thread's records go. */
interface EventSink extends AutoCloseable {
  /**
   * Takes a record; may wait for space.
   *
   * @param elsewhere whether it goes to another partition than its key says
   */
  void send(byte[] key, byte[] value, boolean elsewhere);

  /** Records that have arrived. */
  long acknowledged();

  /** Records that were given up. */
  long failed();

  /** Waits until every record has arrived or was given up. */
  void flush();

  @Override
  void close();
}
