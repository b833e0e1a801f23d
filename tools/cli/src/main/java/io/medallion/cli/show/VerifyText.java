package io.medallion.cli.show;

import io.medallion.operations.verify.VerifyReport;
import io.medallion.operations.verify.VerifyReport.Check;
import io.medallion.operations.verify.VerifyReport.SinceLast;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
    sinceLast(report.sinceLast(), lines);
    lines.add("");
    Columns table = new Columns("layer", "what was checked", ">rows", "verdict");
    for (Check check : report.checks()) {
      table.add(
          check.layer(), check.name(), "%,d".formatted(check.examined()), verdict(report, check));
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

  private static String verdict(VerifyReport report, Check check) {
    if (check.off() > 0) {
      return "%,d off".formatted(check.off());
    }
    return report.sinceLast() != null && report.sinceLast().asProven().contains(check.name())
        ? "as proven"
        : "ok";
  }

  private static void sinceLast(SinceLast last, List<String> lines) {
    if (last == null) {
      return;
    }
    if (last.provenAt() != null) {
      lines.add(
          "as proven on %s: %s; the rows below are what was looked at since"
              .formatted(
                  last.provenAt(),
                  last.rows().entrySet().stream()
                      .map(rows -> "%,d rows of %s".formatted(rows.getValue(), rows.getKey()))
                      .collect(Collectors.joining(", "))));
    }
    last.lookedAtAgain()
        .forEach(why -> lines.add("nothing is taken from an earlier proof: " + why));
    lines.add(
        last.notKept().isEmpty()
            ? "this proof is kept in " + last.file()
            : "this proof is not kept: " + String.join("; ", last.notKept()));
  }
}
