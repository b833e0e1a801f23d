package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.TimeRange;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of a mart that a SELECT defines, but for its distinct values. */
final class DeclaredMart implements Mart {
  private final MartDefinition definition;
  private final MartTable table;

  DeclaredMart(MartTable table) {
    this.table = table;
    this.definition = table.definition();
  }

  @Override
  public String name() {
    return definition.name();
  }

  @Override
  public List<String> columns() {
    return Stream.concat(table.keyNames().stream(), table.stateNames().stream())
        .map(Names::quoted)
        .toList();
  }

  @Override
  public List<String> tables() {
    return List.of(table.name());
  }

  @Override
  public String definition(GoldSettings settings) {
    return definition.definition(settings);
  }

  @Override
  public List<String> reads() {
    return MartAggregation.reads(table);
  }

  @Override
  public List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges.stream().map(definition.time()::around).toList();
  }

  @Override
  public Aggregation aggregation(List<String> columns, GoldSettings settings) {
    return MartAggregation.rows(definition, table, columns);
  }

  /** Sums and extremes of what is there and what is new, whatever order they come in. */
  @Override
  public List<SqlFile> statements() {
    List<String> keys = table.keys();
    List<String> combined = new ArrayList<>();
    List<String> sets = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      List<String> names = measure.stateNames();
      List<String> quoted = names.stream().map(Names::quoted).toList();
      List<String> aggregates = measure.measure().combined(quoted);
      List<String> merged =
          measure
              .measure()
              .merged(
                  quoted.stream().map(n -> "kept." + n).toList(),
                  quoted.stream().map(n -> "new." + n).toList());
      for (int i = 0; i < names.size(); i++) {
        combined.add(aggregates.get(i) + " AS " + quoted.get(i));
        sets.add(quoted.get(i) + " = " + merged.get(i));
      }
    }
    List<String> all = new ArrayList<>(table.keyNames());
    all.addAll(table.stateNames());
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
                String.join(", ", prepend(columns, combined)),
                staged(),
                columns,
                columns,
                same("kept", "new", keys),
                sets.isEmpty()
                    ? ""
                    : "\nWHEN MATCHED THEN\n  UPDATE SET " + String.join(", ", sets),
                Names.list(all),
                Names.list("new", all));
    return List.of(new SqlFile(name() + ": merge", merge));
  }

  private String staged() {
    return Names.quoted("staged_" + relation());
  }

  static List<String> prepend(String first, List<String> others) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(others);
    return all;
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
        new SqlFile(
            name() + ": remove",
            "DELETE FROM %s AS kept USING remade WHERE %s"
                .formatted(table.name(), table.touches(start))));
  }

  @Override
  public List<SqlFile> prunings() {
    return definition.isKept()
        ? List.of()
        : List.of(
            new SqlFile(
                name() + ": prune",
                "DELETE FROM %s AS kept WHERE %s < current_setting('medallion.retained_from')::timestamptz"
                    .formatted(table.name(), table.startOf("kept"))));
  }

  @Override
  public List<SqlFile> recounts() {
    return definition.distincts().isEmpty() || definition.isKept()
        ? List.of()
        : List.of(
            new SqlFile(
                name() + ": recount",
                "DELETE FROM %s AS kept USING lost_buckets AS lost WHERE lost.mart = '%s' AND %3$s >= lost.since AND %3$s < lost.until"
                    .formatted(table.name(), name(), table.startOf("kept"))));
  }
}
