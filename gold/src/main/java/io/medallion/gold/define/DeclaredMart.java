package io.medallion.gold.define;

import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The rows of a mart of windows, of calendar units or of all time: one for each key and window. */
final class DeclaredMart extends DeclaredRows {
  DeclaredMart(MartTable table) {
    super(table);
  }

  @Override
  public List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges.stream().map(definition.time()::around).toList();
  }

  /** Sums and extremes of what is there and what is new, whatever order they come in. */
  @Override
  public List<SqlFile> statements() {
    List<String> state = table.stateNames();
    List<String> aggregates = combined();
    List<String> selected = new ArrayList<>(List.of(Names.list(table.keyNames())));
    for (int i = 0; i < state.size(); i++) {
      selected.add(aggregates.get(i) + " AS " + Names.quoted(state.get(i)));
    }
    List<String> sets = merged("new");
    List<String> all = new ArrayList<>(table.keyNames());
    all.addAll(state);
    String columns = Names.list(table.keyNames());
    String merge =
        """
        MERGE INTO %s AS kept
        USING (
          SELECT %s
          FROM %s
          GROUP BY %s
          ORDER BY %s
        ) AS new
        ON %s%s
        WHEN NOT MATCHED THEN
          INSERT (%s) VALUES (%s)"""
            .formatted(
                table.name(),
                String.join(", ", selected),
                staged(),
                columns,
                Names.list(table.keys()),
                same("kept", "new", table.keys()),
                sets.isEmpty()
                    ? ""
                    : "\nWHEN MATCHED THEN\n  UPDATE SET " + String.join(", ", sets),
                Names.list(all),
                Names.list("new", all));
    return List.of(statement("merge", merge));
  }

  static String same(String a, String b, List<String> keys) {
    return keys.stream()
        .map(key -> "%s.%3$s = %2$s.%3$s".formatted(a, b, Names.quoted(key)))
        .collect(Collectors.joining(" AND "));
  }

  @Override
  public List<SqlFile> removals() {
    String start = definition.start().isPresent() ? table.startOf("kept") : "";
    return List.of(
        statement(
            "remove",
            "DELETE FROM %s AS kept USING remade WHERE %s"
                .formatted(table.name(), table.touches(start))));
  }

  @Override
  public List<SqlFile> prunings() {
    return definition.isKept()
        ? List.of()
        : List.of(
            statement(
                "prune",
                "DELETE FROM %s AS kept WHERE %s < current_setting('medallion.retained_from')::timestamptz"
                    .formatted(table.name(), table.startOf("kept"))));
  }

  @Override
  public List<SqlFile> recounts() {
    return definition.distincts().isEmpty() || definition.isKept()
        ? List.of()
        : List.of(
            statement(
                "recount",
                "DELETE FROM %s AS kept USING lost_buckets AS lost WHERE lost.mart = '%s' AND %3$s >= lost.since AND %3$s < lost.until"
                    .formatted(table.name(), name(), table.startOf("kept"))));
  }
}
