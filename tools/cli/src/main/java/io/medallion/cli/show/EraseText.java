package io.medallion.cli.show;

import io.medallion.operations.Erase;
import io.medallion.silver.replay.ErasureReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What there is of persons, what was erased, and what is still to go, in words. */
public final class EraseText {
  private static final int DAYS_SHOWN = 20;

  private EraseText() {}

  /** The lines to print of a plan. */
  public static List<String> lines(Erase.Plan plan) {
    List<String> lines = new ArrayList<>();
    plan.lake()
        .persons()
        .byKind()
        .forEach(
            (kind, ids) -> {
              if (!ids.isEmpty()) {
                lines.add(
                    "%s ids: %,d, %s%s"
                        .formatted(
                            kind.name().toLowerCase(Locale.ROOT),
                            ids.size(),
                            String.join(", ", ids.stream().limit(DAYS_SHOWN).toList()),
                            ids.size() > DAYS_SHOWN ? ", ..." : ""));
              }
            });
    lines.addAll(tables(plan.lake().tables(), "in %,d files of version %,d"));
    if (plan.lake().kept() > 0) {
      lines.add(
          "%,d rows of silver would stay as somebody unknown's".formatted(plan.lake().kept()));
    }
    SortedMap<String, Integer> old = new TreeMap<>(plan.oldFiles());
    old.forEach(
        (table, files) -> {
          if (files > 0) {
            lines.add(
                "%s: %,d files that only older versions read may hold more"
                    .formatted(table, files));
          }
        });
    lines.add(
        "gold would make its rows of the days of silver again, and of whoever was linked to these ids");
    return lines;
  }

  /** The lines to print of a receipt. */
  public static List<String> lines(Erase.Receipt receipt) {
    List<String> lines = new ArrayList<>();
    lines.add("erasure %s: %,d ids".formatted(receipt.erasure(), receipt.ids()));
    lines.addAll(tables(receipt.tables(), "gone from %,d files in version %,d"));
    if (receipt.kept() > 0) {
      lines.add("%,d rows of silver stay as somebody unknown's".formatted(receipt.kept()));
    }
    if (receipt.tombstones() > 0) {
      lines.add("enriched topic: tombstones of %,d visitors".formatted(receipt.tombstones()));
    }
    lines.add(
        "older versions and files stay readable until %s, and go with the next maintain --apply; `medallion erase status` shows what is left"
            .formatted(receipt.goneAfter()));
    return lines;
  }

  private static List<String> tables(List<ErasureReport.Table> tables, String where) {
    List<String> lines = new ArrayList<>();
    for (ErasureReport.Table table : tables) {
      lines.add(
          "%s: %,d rows %s"
              .formatted(
                  table.table(), table.rows(), where.formatted(table.files(), table.version())));
      table.days().entrySet().stream()
          .limit(DAYS_SHOWN)
          .forEach(day -> lines.add("  %s: %,d".formatted(day.getKey(), day.getValue())));
      if (table.days().size() > DAYS_SHOWN) {
        lines.add("  and %,d days more".formatted(table.days().size() - DAYS_SHOWN));
      }
    }
    return lines;
  }

  /** The lines to print of what is still to go. */
  public static List<String> lines(List<Erase.Status> all) {
    if (all.isEmpty()) {
      return List.of("nobody was erased from this lake");
    }
    List<String> lines = new ArrayList<>();
    for (Erase.Status status : all) {
      if (status.at() == null) {
        lines.add(
            "%s: was cut off, or is at work; run medallion erase --apply to finish it"
                .formatted(status.erasure()));
        continue;
      }
      int files = status.filesLeft().values().stream().mapToInt(Integer::intValue).sum();
      lines.add(
          "%s: done at %s; %s"
              .formatted(
                  status.erasure(),
                  status.at(),
                  files == 0
                      ? "no file of before is left"
                      : "%,d files of before are left (%s), may go from %s on by maintain --apply"
                          .formatted(files, counts(status.filesLeft()), status.goneAfter())));
      if (status.cameAgain() > 0) {
        lines.add(
            "  %,d records came again and are kept out; run medallion erase --apply to take their bytes from bronze"
                .formatted(status.cameAgain()));
      }
    }
    return lines;
  }

  private static String counts(Map<String, Integer> files) {
    return String.join(
        ", ",
        files.entrySet().stream()
            .filter(table -> table.getValue() > 0)
            .map(table -> table.getKey() + " " + table.getValue())
            .toList());
  }
}
