package io.medallion.operations;

import java.time.Instant;
import java.util.List;

/**
 * What maintenance did, or would do.
 *
 * @param at the time by which it judged what is old
 * @param dryRun whether it only looked
 * @param tables each table that exists, upstream first
 */
public record MaintenanceReport(Instant at, boolean dryRun, List<Table> tables) {

  /**
   * One table.
   *
   * @param table its name
   * @param version the newest one when it was looked at
   * @param files how many data files that had
   * @param compacted the days of which files were merged
   * @param removedVersions how many versions left the log; those from {@code firstVersion} on stay
   * @param firstVersion the oldest version that can still be read
   * @param removedFiles how many data files, unread by every version kept, were deleted
   * @param kept why not more was done, each a sentence
   */
  public record Table(
      String table,
      long version,
      long files,
      List<Day> compacted,
      long removedVersions,
      long firstVersion,
      long removedFiles,
      List<String> kept) {

    /** Takes copies of the lists. */
    public Table {
      compacted = List.copyOf(compacted);
      kept = List.copyOf(kept);
    }
  }

  /**
   * The files of one day (UTC) that became fewer.
   *
   * @param day the date of their folder
   * @param files how many there were
   * @param into how many they became; a few more or less in a plan
   * @param bytes on disk, before
   */
  public record Day(String day, int files, int into, long bytes) {}

  /** Takes a copy of the list. */
  public MaintenanceReport {
    tables = List.copyOf(tables);
  }
}
