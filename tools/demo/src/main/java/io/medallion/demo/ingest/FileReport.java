package io.medallion.demo.ingest;

import io.medallion.common.error.MedallionException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What became of a file.
 *
 * @param file the file
 * @param isWhole whether it was read to its end and Kafka answered for every record of it
 * @param lines records found in it, without header and blank lines
 * @param events sent as an event
 * @param derivedIds events that got an id derived from their line
 * @param raw sent as they are, because they could not be mapped: quarantine shows them
 * @param tooLong not sent, because an event may not be so long
 * @param refused sent, and refused by the broker
 * @param waiting a last line without its end, which waits for the rest of it
 * @param acknowledged records that the broker has
 * @param unseenPaths paths given by {@code --map} that no event of it has
 * @param problem what it ended with before its end
 */
public record FileReport(
    Path file,
    boolean isWhole,
    long lines,
    long events,
    long derivedIds,
    long raw,
    long tooLong,
    long refused,
    long waiting,
    long acknowledged,
    List<String> unseenPaths,
    Optional<MedallionException> problem) {
  /** Copies the paths. */
  public FileReport {
    unseenPaths = List.copyOf(unseenPaths);
  }

  /** Whether Kafka has every record that is in it. */
  public boolean isComplete() {
    return isWhole && acknowledged == lines;
  }
}
