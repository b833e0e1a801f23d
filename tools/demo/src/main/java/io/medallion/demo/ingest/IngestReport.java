package io.medallion.demo.ingest;

import io.medallion.common.error.MedallionException;
import java.util.Optional;

/**
 * What became of all files.
 *
 * @param files read to their end
 * @param failed not, or not wholly, read
 * @param lines records found in them, without headers and blank lines
 * @param mapped sent as an event
 * @param raw sent as they are, because they could not be mapped: quarantine shows them
 * @param derivedIds events that got an id derived from their line
 * @param notSent too long for an event, or refused by the broker
 * @param acknowledged records that the broker has
 * @param problem what ended the ingest, or else the first file's that failed
 */
public record IngestReport(
    long files,
    long failed,
    long lines,
    long mapped,
    long raw,
    long derivedIds,
    long notSent,
    long acknowledged,
    Optional<MedallionException> problem) {
  /** Whether nothing was done at all, but for finding out why not. */
  public boolean nothingDone() {
    return problem.isPresent() && files == 0 && lines == 0;
  }

  /** Whether Kafka has everything that is in the files. */
  public boolean isComplete() {
    return problem.isEmpty() && failed == 0 && notSent == 0 && acknowledged == lines;
  }
}
