package io.medallion.lakehouse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * What a layer's source held that the layer had not taken, when the layer looked last. Bronze
 * leaves word of it in the lake, for those who read the lake and do not know the brokers.
 *
 * @param rows how many records waited
 * @param waited how long the oldest of them had waited; zero if none did
 * @param at when that was
 */
public record SourceLag(long rows, Duration waited, Instant at) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String note() {
    return JSON.createObjectNode()
        .put("rows", rows)
        .put("waited", waited.toString())
        .put("at", at.toString())
        .toString();
  }

  /** Reads a note; empty if it is none, such as one half written. */
  static Optional<SourceLag> of(String note) {
    try {
      JsonNode read = JSON.readTree(note);
      return read.path("rows").isIntegralNumber()
          ? Optional.of(
              new SourceLag(
                  read.get("rows").asLong(),
                  Duration.parse(read.path("waited").asText()),
                  Instant.parse(read.path("at").asText())))
          : Optional.empty();
    } catch (JsonProcessingException | DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
