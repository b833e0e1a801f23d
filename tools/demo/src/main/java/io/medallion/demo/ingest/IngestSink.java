package io.medallion.demo.ingest;

import java.util.List;

/** Where an ingest's records go. */
interface IngestSink extends AutoCloseable {
  /** A record that the broker does not take, whatever is tried. */
  record Refusal(long line, String why) {}

  /** Takes a record; may wait for space. */
  void send(Outgoing record);

  /**
   * Waits until all that was sent has arrived or is refused.
   *
   * @throws io.medallion.common.error.MedallionException where some has done neither
   */
  void flush();

  /** Records that have arrived. */
  long acknowledged();

  /** Records refused since this was last asked. */
  List<Refusal> refused();

  @Override
  void close();
}
