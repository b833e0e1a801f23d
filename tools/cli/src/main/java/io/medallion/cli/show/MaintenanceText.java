package io.medallion.cli.show;

import io.medallion.operations.MaintenanceReport;
import java.util.ArrayList;
import java.util.List;

/** What maintenance did, or would do, for people. */
public final class MaintenanceText {
  private MaintenanceText() {}

  /** For each table the days compacted, what was removed, and what keeps it from more. */
  public static List<String> lines(MaintenanceReport report) {
    List<String> lines = new ArrayList<>();
    for (MaintenanceReport.Table table : report.tables()) {
      lines.add(
          "%s: version %,d, %,d files".formatted(table.table(), table.version(), table.files()));
      table
          .emptied()
          .forEach(
              day ->
                  lines.add(
                      "  %s: bronze.retention %s %,d records, %s"
                          .formatted(
                              day.day(),
                              report.applied() ? "has emptied" : "would empty",
                              day.rows(),
                              Text.mebibytes(day.bytes()))));
      table
          .compacted()
          .forEach(
              day ->
                  lines.add(
                      "  %s: %,d files of %s %s %,d"
                          .formatted(
                              day.day(),
                              day.files(),
                              Text.mebibytes(day.bytes()),
                              report.applied() ? "became" : "would become",
                              day.into())));
      String removed = report.applied() ? "removed" : "would remove";
      lines.add(
          "  %s %,d data files of %s"
              .formatted(
                  removed, table.removed().files(), Text.mebibytes(table.removed().bytes())));
      lines.add(
          "  %s %,d versions of the log, %,d files of %s; those from %,d on stay"
              .formatted(
                  removed,
                  table.log().versions(),
                  table.log().files(),
                  Text.mebibytes(table.log().bytes()),
                  table.log().firstKept()));
      table.kept().forEach(reason -> lines.add("  " + reason));
    }
    if (report.tables().isEmpty()) {
      lines.add("there is no table yet");
    }
    return lines;
  }
}
