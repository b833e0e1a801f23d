package io.medallion.gold;

import io.medallion.lakehouse.Marks;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the layers before gold had done when they wrote the versions that a merge reads. Cumulative,
 * so that writing one twice changes nothing.
 *
 * @param layers one entry a layer; gold adds its own
 */
public record FlowSnapshot(List<Layer> layers) {
  /** Nothing known of the layers before gold. */
  public static final FlowSnapshot UNKNOWN = new FlowSnapshot(List.of());

  private static final String BRONZE = "bronze";
  private static final String SILVER = "silver";

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
   * @param reasons how many of these by the code of their first reason
   * @param newestKafkaTime the newest Kafka time among them; null where there is none
   * @param committedAt when the layer last wrote; null where that is not known
   */
  public record Layer(
      String name,
      String position,
      long rowsRead,
      long rowsWritten,
      long duplicates,
      long quarantined,
      Map<String, Long> reasons,
      Instant newestKafkaTime,
      Instant committedAt) {
    /** Takes a copy of the map. */
    public Layer {
      reasons = Map.copyOf(reasons);
    }
  }

  /**
   * What silver's commit says of itself and of what it has read.
   *
   * @param version of the silver table
   * @param marks of silver as of then, all of them
   */
  static FlowSnapshot told(long version, Map<String, Long> marks) {
    long read = marks.getOrDefault(Marks.READ, 0L);
    return new FlowSnapshot(
        List.of(
            new Layer(
                BRONZE,
                seq(marks),
                read,
                read,
                0,
                0,
                Map.of(),
                Marks.time(marks, Marks.NEWEST).orElse(null),
                null),
            silver(version, marks)));
  }

  /**
   * What both tables hold.
   *
   * @param bronze its marks
   * @param version of the silver table
   * @param silver its marks as of then
   */
  static FlowSnapshot seen(Map<String, Long> bronze, long version, Map<String, Long> silver) {
    long rows = bronze.getOrDefault(Marks.ROWS, 0L);
    return new FlowSnapshot(
        List.of(
            new Layer(
                BRONZE,
                seq(bronze),
                rows,
                rows,
                0,
                0,
                Map.of(),
                Marks.time(bronze, Marks.NEWEST).orElse(null),
                Marks.time(bronze, Marks.COMMITTED).orElse(null)),
            silver(version, silver)));
  }

  private static Layer silver(long version, Map<String, Long> marks) {
    Map<String, Long> reasons = new HashMap<>();
    marks.forEach(
        (mark, count) -> {
          if (mark.startsWith(Marks.QUARANTINED_FOR) && count > 0) {
            reasons.put(mark.substring(Marks.QUARANTINED_FOR.length()), count);
          }
        });
    return new Layer(
        SILVER,
        "version " + version,
        marks.getOrDefault(Marks.READ, 0L),
        marks.getOrDefault(Marks.ROWS, 0L),
        marks.getOrDefault(Marks.DUPLICATES, 0L),
        marks.getOrDefault(Marks.QUARANTINED, 0L),
        reasons,
        Marks.time(marks, Marks.NEWEST).orElse(null),
        Marks.time(marks, Marks.COMMITTED).orElse(null));
  }

  private static String seq(Map<String, Long> marks) {
    return "seq " + marks.getOrDefault(Marks.SEQ, 0L);
  }
}
