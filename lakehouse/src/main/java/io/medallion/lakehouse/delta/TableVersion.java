package io.medallion.lakehouse.delta;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one commit of a table did to its rows.
 *
 * @param version its number
 * @param at when it was committed
 * @param operation Delta's name of what it was, such as {@code WRITE}; nothing if it says none
 * @param added the files that brought rows
 * @param removed how many files' rows it took away
 * @param state the counters and positions that this commit set
 * @param note what the writer said of it ({@code userMetadata}), for people; goes with log clean-up
 */
public record TableVersion(
    long version,
    Instant at,
    String operation,
    List<TableFile> added,
    long removed,
    TableState state,
    Optional<String> note) {

  /** How many rows it brought. */
  public long rows() {
    return added.stream().mapToLong(TableFile::records).sum();
  }

  /** What it replaced on purpose; empty for an append, and for a change that nobody marked. */
  public Optional<ReplayMetadata> metadata() {
    return note.flatMap(ReplayMetadata::of);
  }
}
