package io.medallion.silver;

import java.time.LocalDate;
import java.util.SortedMap;

/**
 * What a replay changes, or would change.
 *
 * @param id its name, also in the commits it made
 * @param days what becomes of silver's rows, by event day; days that stay as they are are left out
 * @param judged how many records were judged again
 * @param quarantined how many records quarantine gains
 * @param released how many records leave quarantine, as events or as duplicates
 * @param duplicates how many of the released are copies of events
 * @param silverVersion the version of silver that holds the change; the one looked at where nothing
 *     was written
 * @param published whether it was written
 */
public record ReplayReport(
    String id,
    SortedMap<LocalDate, DayChange> days,
    long judged,
    long quarantined,
    long released,
    long duplicates,
    long silverVersion,
    boolean published) {

  /**
   * What becomes of one event day.
   *
   * @param before rows that silver has
   * @param after rows that it has then
   * @param added records that become rows
   * @param removed rows whose records no longer are events of this day
   * @param changed rows with another value in some column
   */
  public record DayChange(long before, long after, long added, long removed, long changed) {}

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return days.isEmpty() && quarantined == 0 && released == 0;
  }
}
