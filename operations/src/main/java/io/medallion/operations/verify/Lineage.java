package io.medallion.operations.verify;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a row of gold comes from.
 *
 * @param table of gold
 * @param row its columns by name, as texts
 * @param silverVersion the version of silver that gold had merged
 * @param events how many rows of silver it is made from
 * @param ranges where these came from, by partition of Kafka
 * @param first the first of them by time
 */
public record Lineage(
    String table,
    Map<String, String> row,
    long silverVersion,
    long events,
    List<Range> ranges,
    List<Event> first) {

  /**
   * The events that came from one partition.
   *
   * @param sourceEpoch rises with each accepted replacement of the source
   * @param topic its topic
   * @param partition which one
   * @param events how many
   * @param firstOffset the least of their offsets in Kafka
   * @param lastOffset the greatest
   * @param firstCommit the first of bronze's commits that landed them ({@code seq})
   * @param lastCommit the last
   */
  public record Range(
      int sourceEpoch,
      String topic,
      int partition,
      long events,
      long firstOffset,
      long lastOffset,
      long firstCommit,
      long lastCommit) {}

  /**
   * One row of silver.
   *
   * @param eventId with its time the event's identity
   * @param time when it happened
   * @param type canonical type
   * @param visitor whom it counts for
   * @param position {@code topic/partition/offset} of its record in Kafka and in bronze
   * @param bronzeCommit that landed it
   */
  public record Event(
      String eventId,
      Instant time,
      String type,
      String visitor,
      String position,
      long bronzeCommit) {}

  /** Takes copies. */
  public Lineage {
    row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
    ranges = List.copyOf(ranges);
    first = List.copyOf(first);
  }
}
