package io.medallion.demo.ingest;

import java.util.Map;

/**
 * Where files go and how their columns are named.
 *
 * @param kafka options of Kafka's producer, {@code bootstrap.servers} among them
 * @param topic where the events go
 * @param columns the contract's field by a column's (or a JSON key's) own name; others keep theirs
 */
public record IngestSettings(Map<String, String> kafka, String topic, Map<String, String> columns) {
  /** Copies the maps. */
  public IngestSettings {
    kafka = Map.copyOf(kafka);
    columns = Map.copyOf(columns);
  }
}
