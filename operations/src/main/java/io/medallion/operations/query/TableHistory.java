package io.medallion.operations.query;

import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.delta.CommitSummary;
import io.medallion.lakehouse.delta.TableLog;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.schema.TableDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What each version of a table of the lake did, by its log alone: no Spark session is needed. */
public final class TableHistory {
  private static final String KAFKA = "kafka/";

  private final TableLog table;

  private TableHistory(TableLog table) {
    this.table = table;
  }

  /**
   * One version.
   *
   * @param version its number
   * @param at when it was committed
   * @param what it did: the batch of a layer, a rewrite, or Delta's name of the operation
   * @param rows it brought
   * @param filesAdded with rows that it brought
   * @param filesRemoved whose rows it took away
   * @param position up to where its source is consumed since: a commit of bronze, or of each Kafka
   *     partition that moved the first offset not read; empty if nothing moved
   */
  public record Entry(
      long version,
      Instant at,
      String what,
      long rows,
      int filesAdded,
      long filesRemoved,
      Map<String, Long> position) {}

  /**
   * Of a table.
   *
   * @param name bronze, silver or quarantine
   * @throws io.medallion.common.error.MedallionException if there is no such table
   */
  public static TableHistory of(LakeFolder lake, String name) {
    return new TableHistory(lake.log(LakeTables.definition(name)));
  }

  /** The newest versions that the log still has, the newest first; at most so many. */
  public List<Entry> newest(int most) {
    return table.commits(most).stream().map(this::entry).toList();
  }

  private Entry entry(CommitSummary version) {
    return new Entry(
        version.version(),
        version.at(),
        what(version),
        version.rows(),
        version.filesAdded(),
        version.filesRemoved(),
        position(version));
  }

  private String what(CommitSummary version) {
    return version
        .replay()
        .map(replay -> "rewrite %s of %s".formatted(replay.id(), replay.days()))
        .orElseGet(
            () ->
                version.state().has(TableState.SEQ)
                    ? layer() + " batch " + version.state().commitSeq()
                    : version.operation());
  }

  /** Quarantine is written by silver. */
  private String layer() {
    return table.definition().equals(TableDefinition.BRONZE) ? "bronze" : "silver";
  }

  private Map<String, Long> position(CommitSummary version) {
    if (table.definition().equals(TableDefinition.BRONZE)) {
      return version.state().values().entrySet().stream()
          .filter(mark -> mark.getKey().startsWith(KAFKA))
          .collect(
              Collectors.toMap(
                  mark -> partition(mark.getKey()), Map.Entry::getValue, Math::max, TreeMap::new));
    }
    return version.state().has(TableState.SEQ)
        ? Map.of("bronze commit", version.state().commitSeq())
        : Map.of();
  }

  /** The last two parts of a mark: topic and number. */
  private static String partition(String mark) {
    int number = mark.lastIndexOf('/');
    return mark.substring(mark.lastIndexOf('/', number - 1) + 1, number)
        + "-"
        + mark.substring(number + 1);
  }
}
