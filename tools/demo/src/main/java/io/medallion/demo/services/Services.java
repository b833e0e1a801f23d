package io.medallion.demo.services;

import java.util.Map;

/** A broker and a database of our own, announced to the other commands on this machine. */
public final class Services implements AutoCloseable {
  private Services() {}

  /**
   * Starts both and announces them.
   *
   * @throws io.medallion.common.error.MedallionException where they run already on this data, or do
   *     not start
   */
  public static Services start(ServicesSettings settings) {
    throw new UnsupportedOperationException();
  }

  /** Where they are, as settings of {@link io.medallion.common.config.Keys}. */
  public Map<String, String> settings() {
    throw new UnsupportedOperationException();
  }

  /** Stops both, keeps their data. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
