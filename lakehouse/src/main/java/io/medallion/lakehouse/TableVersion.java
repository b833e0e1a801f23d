package io.medallion.lakehouse;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one commit of a table did to its rows.
 *
 * @param version its number
 * @param at when it was committed
 * @param operation Delta's name of what it was, such as {@code WRITE}; nothing where it says none
 * @param added the files that brought rows
 * @param removed how many files' rows it took away
 * @param marks the marks that it moved, by name
 * @param note what the writer said of it ({@code userMetadata}), for people; goes with log clean-up
 */
public record TableVersion(
    long version,
    Instant at,
    String operation,
    List<TableFile> added,
    long removed,
    Map<String, Long> marks,
    Optional<String> note) {

  /** How many rows it brought. */
  public long rows() {
    return added.stream().mapToLong(TableFile::records).sum();
  }

  /** What it replaced on purpose; empty for an append, and for a change that nobody marked. */
  public Optional<Rewrite> rewrite() {
    return note.flatMap(Rewrite::of);
  }
}
