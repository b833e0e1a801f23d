package io.medallion.lakehouse.delta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a commit says of itself that replaces rows on purpose, so that those who read the table
 * replace what they made of these rows too.
 *
 * <p>A commit that removes or changes rows and does not say so is damage, and its readers stop.
 *
 * @param id of the backfill or healing; its publish, tried again, has the same
 * @param days the event days (UTC) whose rows it replaced; rows of other days are untouched
 */
public record ReplayMetadata(String id, SortedSet<LocalDate> days) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KIND = "medallion";
  private static final String REWRITE = "rewrite";

  /** Copies the days. */
  public ReplayMetadata {
    days = Collections.unmodifiableSortedSet(new TreeSet<>(days));
  }

  /** As it stands in the commit's {@code userMetadata}. */
  public String note() {
    ObjectNode note = JSON.createObjectNode().put(KIND, REWRITE).put("id", id);
    days.forEach(day -> note.withArray("days").add(day.toString()));
    return note.toString();
  }

  /** Reads a commit's {@code userMetadata}; empty if it is not a rewrite's. */
  public static Optional<ReplayMetadata> of(String note) {
    try {
      JsonNode read = JSON.readTree(note);
      if (!REWRITE.equals(read.path(KIND).asText())) {
        return Optional.empty();
      }
      SortedSet<LocalDate> days = new TreeSet<>();
      read.path("days").forEach(day -> days.add(LocalDate.parse(day.asText())));
      return Optional.of(new ReplayMetadata(read.path("id").asText(), days));
    } catch (JsonProcessingException | DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
