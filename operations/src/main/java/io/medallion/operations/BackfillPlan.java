package io.medallion.operations;

import io.medallion.operations.verify.GoldForecast;
import io.medallion.silver.replay.ReplayReport;
import java.util.List;

/**
 * What a backfill, or a quarantine replay, would change.
 *
 * @param silver in silver and quarantine
 * @param gold in gold's numbers, by day; those that stay as they are are left out
 * @param goldNotLookedAt why gold's numbers were not computed; null if they were
 */
public record BackfillPlan(
    ReplayReport silver, List<GoldForecast.Change> gold, String goldNotLookedAt) {

  /** Takes a copy of the list. */
  public BackfillPlan {
    gold = List.copyOf(gold);
  }
}
