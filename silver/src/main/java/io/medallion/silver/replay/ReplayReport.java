package io.medallion.silver.replay;

import io.medallion.silver.replay.diff.DayChange;
import java.time.LocalDate;
import java.util.SortedMap;

/**
 * What a replay changes, or would change.
 *
 * @param id its name, also in the commits it made
 * @param days what becomes of silver's rows, by event day; days that stay as they are are left out
 * @param parsed how many records were validated again
 * @param quarantined how many records quarantine gains
 * @param quarantine what becomes of records in quarantine, by the code of their first reason: of
 *     all that leave it, and of those that were asked for
 * @param silverVersion the version of silver that holds the change; the one looked at if nothing
 *     was written
 * @param applied whether it was written
 */
public record ReplayReport(
    String id,
    SortedMap<LocalDate, DayChange> days,
    long parsed,
    long quarantined,
    SortedMap<String, QuarantineOutcome> quarantine,
    long silverVersion,
    boolean applied) {

  /** How many records leave quarantine, as events or as duplicates. */
  public long released() {
    return quarantine.values().stream().mapToLong(QuarantineOutcome::released).sum();
  }

  /** How many of the released are copies of events. */
  public long duplicates() {
    return quarantine.values().stream().mapToLong(QuarantineOutcome::duplicates).sum();
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return days.isEmpty() && quarantined == 0 && released() == 0;
  }
}
