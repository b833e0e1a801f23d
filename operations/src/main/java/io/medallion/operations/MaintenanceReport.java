package io.medallion.operations;

import java.time.Instant;
import java.util.List;

/**
 * What maintenance did, or would do.
 *
 * @param at the time by which it judged what is old
 * @param applied whether it was done; a plan only looks
 * @param tables each table that exists, upstream first
 */
public record MaintenanceReport(Instant at, boolean applied, List<Table> tables) {

  /**
   * One table.
   *
   * @param table its name
   * @param version the newest one when it was looked at
   * @param files how many data files that had
   * @param emptied the days whose records lost what they held to {@code bronze.retention}
   * @param compacted the days of which files were merged
   * @param log what left the log
   * @param removed the data files that no version kept reads and that were deleted
   * @param kept what keeps it from more, each a sentence
   */
  public record Table(
      String table,
      long version,
      long files,
      List<EmptiedDay> emptied,
      List<Day> compacted,
      RemovedLog log,
      RemovedFiles removed,
      List<String> kept) {

    /** Takes copies of the lists. */
    public Table {
      emptied = List.copyOf(emptied);
      compacted = List.copyOf(compacted);
      kept = List.copyOf(kept);
    }
  }

  /**
   * One day of arrival (UTC) whose records are places without content.
   *
   * @param day the date of their folder
   * @param rows how many records
   * @param bytes on disk, before
   */
  public record EmptiedDay(String day, long rows, long bytes) {}

  /**
   * The files of one day (UTC) that became fewer.
   *
   * @param day the date of their folder
   * @param files how many there were
   * @param into how many they became; a few more or less in a plan
   * @param bytes on disk, before
   */
  public record Day(String day, int files, int into, long bytes) {}

  /**
   * The oldest part of a table's log, which goes.
   *
   * @param versions how many versions
   * @param files commits, checkpoints and checksums of these
   * @param bytes of these files
   * @param firstKept the oldest version that can still be read
   */
  public record RemovedLog(long versions, long files, long bytes, long firstKept) {}

  /** Data files that go, and their bytes. */
  public record RemovedFiles(long files, long bytes) {}

  /** Takes a copy of the list. */
  public MaintenanceReport {
    tables = List.copyOf(tables);
  }
}
