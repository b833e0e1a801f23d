package io.medallion.gold;

import java.time.Instant;
import java.util.List;

/**
 * What the layers before gold had done when they wrote the versions that a merge reads. Cumulative,
 * so that writing one twice changes nothing.
 *
 * @param layers one entry a layer; gold adds its own
 */
public record FlowSnapshot(List<Layer> layers) {
  /** Nothing known of the layers before gold. */
  public static final FlowSnapshot UNKNOWN = new FlowSnapshot(List.of());

  /** Takes a copy of the list. */
  public FlowSnapshot {
    layers = List.copyOf(layers);
  }

  /**
   * A layer's counts since its table was created.
   *
   * @param name the layer's, such as {@code silver}
   * @param position what the layer has reached in its own source, for people; may be null
   * @param rowsRead rows taken from its source
   * @param rowsWritten rows in its table
   * @param duplicates rows left out as proven duplicates
   * @param quarantined rows that went to quarantine
   * @param newestKafkaTime the newest Kafka time among them; null where there is none
   */
  public record Layer(
      String name,
      String position,
      long rowsRead,
      long rowsWritten,
      long duplicates,
      long quarantined,
      Instant newestKafkaTime) {}
}
