package io.medallion.cli.demo;

import io.medallion.operations.Reconciliation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A demo's account as lines of text. */
final class Summary {
  private Summary() {}

  static List<String> lines(DemoReconciliation demo) {
    Reconciliation reconciliation = demo.reconciliation();
    List<String> lines = new ArrayList<>();
    lines.add("Where every event is");
    lines.add("");
    lines.add(line("simulator: acknowledged, this run", demo.traffic().acknowledged()));
    lines.add(line("Kafka: records, this run", demo.arrived()));
    if (demo.fromOthers() > 0) {
      lines.add(line("  of these from other producers", demo.fromOthers()));
    }
    lines.add("");
    lines.add(line("Kafka: end minus start offsets", reconciliation.kafkaRecords()));
    lines.add(line("bronze: rows", reconciliation.bronzeRows()));
    lines.add(line("  silver: rows", reconciliation.silverRows()));
    lines.add(line("  quarantine: rows", reconciliation.quarantined()));
    lines.add(line("  proven duplicates", reconciliation.duplicates()));
    lines.add("");
    lines.add(line("gold: silver rows merged", reconciliation.goldRows()));
    if (reconciliation.sessionEvents() != null) {
      lines.add(line("  events in sessions", reconciliation.sessionEvents()));
    }
    lines.add(line("  bots", reconciliation.bots()));
    lines.add(line("  beyond allowed lateness", reconciliation.lateDropped()));
    lines.add("");
    lines.addAll(verdict(demo));
    return lines;
  }

  private static List<String> verdict(DemoReconciliation demo) {
    List<String> problems = demo.problems();
    if (!problems.isEmpty()) {
      List<String> lines = new ArrayList<>(List.of("It does not add up:"));
      problems.forEach(problem -> lines.add("  " + problem));
      return lines;
    }
    return List.of(
        demo.knowsTheTruth()
            ? "Everything adds up, and is what the simulator acted out (%,d sessions)."
                .formatted(demo.goldSessions())
            : "Everything adds up.");
  }

  private static String line(String name, long count) {
    return String.format(Locale.ROOT, "  %-36s %,14d", name, count);
  }
}
