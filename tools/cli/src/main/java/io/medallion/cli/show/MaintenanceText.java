package io.medallion.cli.show;

import io.medallion.operations.MaintenanceReport;
import java.util.ArrayList;
import java.util.List;

/** What maintenance did, for people. */
public final class MaintenanceText {
  private static final int MEBI = 1024 * 1024;

  private MaintenanceText() {}

  /** One line a table, one for each day compacted, and one for each reason why not more. */
  public static List<String> lines(MaintenanceReport report) {
    List<String> lines = new ArrayList<>();
    for (MaintenanceReport.Table table : report.tables()) {
      lines.add(
          "%s: version %,d, %,d files; %s %,d versions of the log (those from %,d on stay) and %,d files"
              .formatted(
                  table.table(),
                  table.version(),
                  table.files(),
                  report.dryRun() ? "would remove" : "removed",
                  table.removedVersions(),
                  table.firstVersion(),
                  table.removedFiles()));
      table
          .compacted()
          .forEach(
              day ->
                  lines.add(
                      "  %s %s: %,d files of %,.1f MiB %s %,d"
                          .formatted(
                              table.table(),
                              day.day(),
                              day.files(),
                              (double) day.bytes() / MEBI,
                              report.dryRun() ? "would become" : "became",
                              day.into())));
      table.kept().forEach(reason -> lines.add("  " + reason));
    }
    if (report.tables().isEmpty()) {
      lines.add("there is no table yet");
    }
    return lines;
  }
}
