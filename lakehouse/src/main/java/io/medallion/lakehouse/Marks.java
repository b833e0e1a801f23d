package io.medallion.lakehouse;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * The names of the numbers that writers keep in their tables' snapshots, beside positions, which
 * are named after what they are positions in.
 */
public final class Marks {
  /** Bronze: the number of the last commit that brought rows. Silver: the one it has read up to. */
  public static final String SEQ = "medallion.seq";

  /** How many rows the layer has written to this table. */
  public static final String ROWS = "medallion.rows";

  /**
   * How many bronze rows silver has read: each is a silver row, a quarantine row or a duplicate.
   */
  public static final String READ = "medallion.read";

  /** How many bronze rows silver has put into quarantine. */
  public static final String QUARANTINED = "medallion.quarantined";

  /**
   * Begins the names of how many of these were refused for each reason: a record counts for its
   * first one, so that they add up.
   */
  public static final String QUARANTINED_FOR = "medallion.quarantined/";

  /** How many bronze rows silver has found to be copies of silver rows. */
  public static final String DUPLICATES = "medallion.duplicates";

  /** The newest Kafka time among the rows, microseconds since 1970. */
  public static final String NEWEST = "medallion.newest";

  /** When the layer last committed, microseconds since 1970. */
  public static final String COMMITTED = "medallion.committed";

  private Marks() {}

  /** A mark that is a time; empty where it was never moved. */
  public static Optional<Instant> time(Map<String, Long> marks, String mark) {
    return Optional.ofNullable(marks.get(mark))
        .filter(micros -> micros > 0)
        .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
