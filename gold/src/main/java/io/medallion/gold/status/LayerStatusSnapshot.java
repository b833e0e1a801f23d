package io.medallion.gold.status;

import io.medallion.lakehouse.delta.TableState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the layers before gold had done when they wrote the versions that a merge reads. Cumulative,
 * so that writing one twice changes nothing.
 *
 * @param layers one entry a layer; gold adds its own
 */
public record LayerStatusSnapshot(List<Layer> layers) {
  /** Nothing known of the layers before gold. */
  public static final LayerStatusSnapshot UNKNOWN = new LayerStatusSnapshot(List.of());

  private static final String BRONZE = "bronze";
  private static final String SILVER = "silver";

  /** Takes a copy of the list. */
  public LayerStatusSnapshot {
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
   * @param reasons how many of these by the code of their first reason
   * @param moreEvents how many more events the rows read hold than they are
   * @param flags how many rows of its table bear each flag
   * @param newestKafkaTime the newest Kafka time among them; null if there is none
   * @param committedAt when the layer last wrote; null if that is not known
   */
  public record Layer(
      String name,
      String position,
      long rowsRead,
      long rowsWritten,
      long duplicates,
      long quarantined,
      Map<String, Long> reasons,
      long moreEvents,
      Map<String, Long> flags,
      Instant newestKafkaTime,
      Instant committedAt) {
    /** Takes copies of the maps. */
    public Layer {
      reasons = Map.copyOf(reasons);
      flags = Map.copyOf(flags);
    }
  }

  /**
   * What silver's commit says of itself and of what it has read.
   *
   * @param version of the silver table
   * @param state all of silver's state as of that version
   */
  public static LayerStatusSnapshot told(long version, TableState state) {
    long read = state.read();
    return new LayerStatusSnapshot(
        List.of(
            new Layer(
                BRONZE,
                seq(state),
                read,
                read,
                0,
                0,
                Map.of(),
                0,
                Map.of(),
                state.newestKafkaTime().orElse(null),
                null),
            silver(version, state)));
  }

  /**
   * What both tables hold.
   *
   * @param bronze its state
   * @param version of the silver table
   * @param silver its state as of that version
   */
  static LayerStatusSnapshot observed(TableState bronze, long version, TableState silver) {
    long rows = bronze.rows();
    return new LayerStatusSnapshot(
        List.of(
            new Layer(
                BRONZE,
                seq(bronze),
                rows,
                rows,
                0,
                0,
                Map.of(),
                0,
                Map.of(),
                bronze.newestKafkaTime().orElse(null),
                bronze.committedAt().orElse(null)),
            silver(version, silver)));
  }

  private static Layer silver(long version, TableState state) {
    return new Layer(
        SILVER,
        "version " + version,
        state.read(),
        state.rows(),
        state.duplicates(),
        state.quarantined(),
        state.quarantinedByReason(),
        state.events() - state.read(),
        state.flagged(),
        state.newestKafkaTime().orElse(null),
        state.committedAt().orElse(null));
  }

  private static String seq(TableState state) {
    return "commit_seq " + state.commitSeq();
  }
}
