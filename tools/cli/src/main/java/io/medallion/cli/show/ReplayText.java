package io.medallion.cli.show;

import io.medallion.operations.BackfillPlan;
import io.medallion.silver.replay.ReplayReport;
import java.util.ArrayList;
import java.util.List;

/** What a replay changed, or would change, in words. */
public final class ReplayText {
  private ReplayText() {}

  /** The lines to print of a backfill's plan: with gold's numbers before and after. */
  public static List<String> lines(BackfillPlan plan) {
    List<String> lines = new ArrayList<>(lines(plan.silver()));
    if (plan.goldNotLookedAt() != null) {
      lines.add("gold's numbers were not computed: " + plan.goldNotLookedAt());
    } else if (plan.gold().isEmpty()) {
      lines.add("gold's numbers stay as they are");
    } else {
      Columns numbers = new Columns("day", "gold's number", ">before", ">after");
      plan.gold()
          .forEach(
              change ->
                  numbers.add(
                      change.day(),
                      change.number(),
                      change.before().toPlainString(),
                      change.after().toPlainString()));
      lines.addAll(numbers.lines());
    }
    return lines;
  }

  /** The lines to print. */
  public static List<String> lines(ReplayReport report) {
    List<String> lines = new ArrayList<>();
    lines.add("%,d records judged again".formatted(report.parsed()));
    lines.addAll(quarantine(report));
    if (report.isEmpty()) {
      lines.add("nothing changes");
      return lines;
    }
    Columns days =
        new Columns("event day", ">rows before", ">after", ">added", ">removed", ">changed");
    report
        .days()
        .forEach(
            (day, change) ->
                days.add(
                    day,
                    change.before(),
                    change.after(),
                    change.added(),
                    change.removed(),
                    change.changed()));
    if (!report.days().isEmpty()) {
      lines.addAll(days.lines());
    }
    lines.add(
        "quarantine: %,d leave it, %,d of them as copies of events; %,d enter it"
            .formatted(report.released(), report.duplicates(), report.quarantined()));
    if (report.applied()) {
      lines.add(
          "written as version %d of silver (%s); gold follows by itself"
              .formatted(report.silverVersion(), report.id()));
    }
    return lines;
  }

  /** What becomes of records in quarantine, by reason; nothing if there are none. */
  private static List<String> quarantine(ReplayReport report) {
    if (report.quarantine().isEmpty()) {
      return List.of();
    }
    Columns reasons =
        new Columns("in quarantine for", ">become events", ">are duplicates", ">stay");
    report
        .quarantine()
        .forEach(
            (code, outcome) ->
                reasons.add(code, outcome.events(), outcome.duplicates(), outcome.stay()));
    return reasons.lines();
  }
}
