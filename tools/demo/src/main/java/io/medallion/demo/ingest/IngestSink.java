package io.medallion.demo.ingest;

/** Where an ingest's records go. */
interface IngestSink extends AutoCloseable {
  /** Takes a record; may wait for space. */
  void send(byte[] key, byte[] value);

  /**
   * Waits until all that was sent has arrived.
   *
   * @throws io.medallion.common.error.MedallionException where some has not
   */
  void flush();

  /** Records that have arrived. */
  long acknowledged();

  @Override
  void close();
}
