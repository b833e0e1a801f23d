package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;

/**
 * What a replay is asked for.
 *
 * @param days the event days (UTC) to derive again
 * @param ingestedFrom the first day on which a record of theirs is known to have come, beyond those
 *     that silver has; {@link LocalDate#MAX} if none is
 * @param selected which records of quarantine the request is about, over that table's columns
 */
record ReplayRequest(SortedSet<LocalDate> days, LocalDate ingestedFrom, Column selected) {

  /** Days, whatever is in quarantine. */
  static ReplayRequest ofDays(LocalDate from, LocalDate to) {
    return new ReplayRequest(
        from.datesUntil(to.plusDays(1)).collect(Collectors.toCollection(TreeSet::new)),
        LocalDate.MAX,
        lit(false));
  }

  /** The same with more days. */
  ReplayRequest withDays(Collection<LocalDate> more) {
    SortedSet<LocalDate> all = new TreeSet<>(days);
    all.addAll(more);
    return new ReplayRequest(all, ingestedFrom, selected);
  }
}
