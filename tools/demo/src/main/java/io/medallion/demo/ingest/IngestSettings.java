package io.medallion.demo.ingest;

import io.medallion.common.event.EventRules;
import io.medallion.common.event.FieldPath;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Where files go and how they are read.
 *
 * @param kafka options of Kafka's producer, {@code bootstrap.servers} among them
 * @param topic where the events go
 * @param columns the user's column, or path in a JSON event, by field of the contract
 * @param rules what silver takes for an event
 * @param encoding of files without a byte order mark
 */
public record IngestSettings(
    Map<String, String> kafka,
    String topic,
    Map<String, String> columns,
    EventRules rules,
    Charset encoding) {
  /**
   * Copies the maps.
   *
   * @throws io.medallion.common.error.MedallionException where a column is given for no field of
   *     the contract
   */
  public IngestSettings {
    kafka = Map.copyOf(kafka);
    columns = Map.copyOf(columns);
    FieldPath.of("--map ", columns);
  }

  /** Files in UTF-8, and silver's default rules. */
  public IngestSettings(Map<String, String> kafka, String topic, Map<String, String> columns) {
    this(kafka, topic, columns, EventRules.defaults(), StandardCharsets.UTF_8);
  }

  /** The columns as paths. */
  List<FieldPath> paths() {
    return FieldPath.of("--map ", columns);
  }
}
