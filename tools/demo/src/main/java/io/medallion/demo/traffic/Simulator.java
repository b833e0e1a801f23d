package io.medallion.demo.traffic;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Acts out the traffic of a web shop with real Kafka producers. */
public final class Simulator {
  /** A simulator of this traffic. */
  public Simulator(TrafficSettings settings) {}

  /**
   * Sends until the settings' count or duration is reached or {@code stop} says so, flushes, and
   * reports.
   *
   * @param stop asked several times a second
   * @param progress told about once a second, from one thread
   */
  public TrafficReport run(BooleanSupplier stop, Consumer<TrafficProgress> progress) {
    throw new UnsupportedOperationException();
  }
}
