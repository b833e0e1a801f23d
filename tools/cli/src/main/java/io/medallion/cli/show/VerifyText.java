package io.medallion.cli.show;

import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import java.util.ArrayList;
import java.util.List;

/** A proof as a table, with the first findings below it. */
public final class VerifyText {
  private VerifyText() {}

  /** The lines to print. */
  public static List<String> lines(VerifyReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "silver version %d, bronze up to commit %d, gold %s"
            .formatted(
                report.silverVersion(),
                report.bronzeCommit(),
                report.goldVersion() == null
                    ? "not looked at"
                    : "at silver version " + report.goldVersion()));
    lines.add("");
    Columns table = new Columns("layer", "what was checked", ">rows", "verdict");
    for (Check check : report.checks()) {
      table.add(
          check.layer(),
          check.name(),
          "%,d".formatted(check.examined()),
          check.off() == 0 ? "ok" : "%,d off".formatted(check.off()));
    }
    lines.addAll(table.lines());
    report.checks().stream()
        .filter(check -> check.off() > 0)
        .forEach(
            check -> {
              lines.add("");
              lines.add(check.name() + ", the first findings:");
              check.examples().forEach(example -> lines.add("  ! " + example));
            });
    report.notes().forEach(note -> lines.add("note: " + note));
    lines.add("");
    report.omitted().forEach(what -> lines.add("not looked at: " + what));
    report.unchecked().forEach(name -> lines.add("not looked at: " + name));
    if (!report.holds()) {
      lines.add("something is off");
    } else if (report.isWhole()) {
      lines.add("everything holds");
    } else {
      lines.add("what was looked at holds; nothing is known of what was not");
    }
    return lines;
  }
}
