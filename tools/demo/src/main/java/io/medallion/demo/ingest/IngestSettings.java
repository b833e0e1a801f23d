package io.medallion.demo.ingest;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
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
   * @throws MedallionException where a column is given for no field of the contract, or a path
   *     leads into an array
   */
  public IngestSettings {
    kafka = Map.copyOf(kafka);
    columns = Map.copyOf(columns);
    FieldPath.of("--map ", columns).stream()
        .filter(path -> path.path().hasChoices())
        .findFirst()
        .ifPresent(IngestSettings::refuse);
  }

  /** A value cannot be renamed in the array that it is in. */
  private static void refuse(FieldPath path) {
    throw new MedallionException(
        ErrorCode.CONFIG_INVALID_VALUE,
        "--map %s=%s leads into an array".formatted(path.field(), path.text()),
        "ingest passes events on as they are, with fields renamed; an element of an array has no"
            + " name.",
        "Declare it in a contract, which silver reads as well: fields: {%s: {from: '%s'}}; a bracket inside a name is written \\[."
            .formatted(path.field(), path.text()));
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
