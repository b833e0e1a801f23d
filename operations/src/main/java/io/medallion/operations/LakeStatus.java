package io.medallion.operations;

import io.medallion.gold.alert.AlertSummary;
import io.medallion.gold.mart.MartRefusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What each layer has done, how far behind it is, and how fresh the numbers are.
 *
 * @param at when this was so
 * @param lake where the tables are
 * @param kafka what the brokers hold; null if they are not configured or do not answer
 * @param layers upstream first
 * @param filling marts that gold is filling from silver's history
 * @param refused files of marts and views that gold could not keep at its last start
 * @param alerts what alerts have raised; null where there are none
 * @param troubles what could not be looked at, and why
 */
public record LakeStatus(
    Instant at,
    String lake,
    Kafka kafka,
    List<LayerStatus> layers,
    List<String> filling,
    List<MartRefusal> refused,
    AlertSummary alerts,
    List<String> troubles) {

  /**
   * The brokers' side.
   *
   * @param brokers the addresses asked
   * @param records offsets from the first that is still there to the end
   * @param endOffsets the offset that the next record will get, by {@code topic-partition}
   */
  public record Kafka(String brokers, long records, Map<String, Long> endOffsets) {}

  /**
   * One layer. A number is null if it is not known.
   *
   * @param layer its name
   * @param state {@code running} or {@code stopped}
   * @param process the process that runs it, as its own host numbers it; null if none does
   * @param host the host or container of that process; null if none does
   * @param position what it has reached in its own source
   * @param rows rows that it has written; for gold, silver rows that it has merged
   * @param lag offsets or rows of its source that it has not taken yet
   * @param newestKafka the newest Kafka time among its rows; null without a row
   * @param freshnessSeconds how long ago that was
   * @param committedAt when it last committed; null before the first time
   * @param counts further counts by name, such as {@code quarantined}
   */
  public record LayerStatus(
      String layer,
      String state,
      Long process,
      String host,
      String position,
      Long rows,
      Long lag,
      Instant newestKafka,
      Double freshnessSeconds,
      Instant committedAt,
      Map<String, Long> counts) {}

  /** Takes copies of the lists. */
  public LakeStatus {
    layers = List.copyOf(layers);
    filling = List.copyOf(filling);
    refused = List.copyOf(refused);
    troubles = List.copyOf(troubles);
  }
}
