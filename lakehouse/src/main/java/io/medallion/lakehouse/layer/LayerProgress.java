package io.medallion.lakehouse.layer;

import io.medallion.lakehouse.delta.TableSize;
import java.util.List;
import java.util.Map;

/**
 * How far a layer has consumed its source, at one moment.
 *
 * @param taken rows consumed since the layer's table was created
 * @param waiting rows in the source that the layer has not consumed yet
 * @param newestMicros the newest Kafka timestamp among the rows consumed, microseconds since 1970;
 *     0 if there is none
 * @param partitions offsets by Kafka partition, named {@code topic-number}; empty for a layer that
 *     reads a table
 * @param sources versions by source table; empty for a layer that reads Kafka
 * @param tables the sizes of the layer's own tables
 * @param links ids that count as another one's, under {@code linked}, and those that could not, by
 *     reason; empty for a layer that links none
 * @param marts how many marts there are in each state; empty for a layer that keeps none
 * @param messages of alerts that wait to be told, by target; empty for a layer that tells nobody
 */
public record LayerProgress(
    long taken,
    long waiting,
    long newestMicros,
    Map<String, SourcePosition> partitions,
    Map<String, SourcePosition> sources,
    List<TableSize> tables,
    Map<String, Long> links,
    Map<String, Long> marts,
    Map<String, Long> messages) {

  /** Of a layer that links no ids and keeps no marts. */
  public LayerProgress(
      long taken,
      long waiting,
      long newestMicros,
      Map<String, SourcePosition> partitions,
      Map<String, SourcePosition> sources,
      List<TableSize> tables) {
    this(taken, waiting, newestMicros, partitions, sources, tables, Map.of(), Map.of(), Map.of());
  }

  /** Copies the collections. */
  public LayerProgress {
    partitions = Map.copyOf(partitions);
    sources = Map.copyOf(sources);
    tables = List.copyOf(tables);
    links = Map.copyOf(links);
    marts = Map.copyOf(marts);
    messages = Map.copyOf(messages);
  }
}
