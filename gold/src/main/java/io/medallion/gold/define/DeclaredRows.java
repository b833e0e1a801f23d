package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of a mart that a SELECT defines, but for its distinct values. */
abstract class DeclaredRows implements Mart {
  final MartDefinition definition;
  final MartTable table;
  private final VisitorUse visitor;

  DeclaredRows(MartTable table) {
    this.table = table;
    this.definition = table.definition();
    this.visitor = VisitorUse.of(definition);
  }

  @Override
  public final boolean isDeclared() {
    return true;
  }

  @Override
  public final String name() {
    return definition.name();
  }

  @Override
  public final List<String> columns() {
    return Stream.concat(table.keyNames().stream(), table.stateNames().stream())
        .map(Names::quoted)
        .toList();
  }

  @Override
  public final List<String> tables() {
    return List.of(table.name());
  }

  @Override
  public final String definition(GoldSettings settings) {
    return definition.definition(settings);
  }

  @Override
  public final List<String> reads() {
    return MartAggregation.reads(table);
  }

  @Override
  public final Aggregation aggregation(List<String> columns, GoldSettings settings) {
    return MartAggregation.rows(definition, table, columns);
  }

  /** Puts persons in the place of marked ids in its keys, and in the sets that sessions have. */
  @Override
  public final List<SqlFile> resolutions() {
    List<SqlFile> statements = new ArrayList<>();
    for (String name : visitor.keys()) {
      String key = Names.quoted(name);
      String site = Names.quoted(visitor.sites().get(0));
      statements.add(
          statement(
              "read again",
              "DELETE FROM %1$s AS staged USING resolved_visitors AS r WHERE staged.%3$s = r.site AND staged.%2$s = r.tag AND r.read_again"
                  .formatted(staged(), key, site)));
      List<String> sets = new ArrayList<>(List.of(key + " = r.person"));
      inRows()
          .forEach(
              set ->
                  sets.add("%1$s = array_replace(%1$s, r.tag_hash, r.person_hash)".formatted(set)));
      statements.add(
          statement(
              "resolve",
              "UPDATE %1$s AS staged SET %2$s FROM resolved_visitors AS r WHERE staged.%4$s = r.site AND staged.%3$s = r.tag"
                  .formatted(staged(), String.join(", ", sets), key, site)));
    }
    return statements;
  }

  /** A kept row is a part of what the other visitor's becomes. */
  @Override
  public final List<SqlFile> moves() {
    if (visitor.keys().isEmpty()) {
      return List.of();
    }
    List<String> moved = new ArrayList<>();
    List<String> hashes = inRows();
    for (String column : columns()) {
      moved.add(
          visitor.keys().stream().map(Names::quoted).anyMatch(column::equals)
              ? "to_visitor"
              : hashes.contains(column)
                  ? "array_replace(%s, from_hash, to_hash)".formatted(column)
                  : column);
    }
    String columns = String.join(", ", columns());
    return List.of(
        statement(
            "move",
            """
            WITH taken AS (
              DELETE FROM %1$s AS kept
              USING moved_visitors AS moved
              WHERE kept.%7$s = moved.site AND kept.%2$s = from_visitor
              RETURNING %3$s, from_hash, to_visitor, to_hash
            )
            INSERT INTO %4$s (%5$s)
            SELECT %6$s FROM taken WHERE to_visitor IS NOT NULL"""
                .formatted(
                    table.name(),
                    Names.quoted(visitor.keys().get(0)),
                    columns().stream().map(c -> "kept." + c).collect(Collectors.joining(", ")),
                    staged(),
                    columns,
                    String.join(", ", moved),
                    Names.quoted(visitor.sites().get(0)))));
  }

  @Override
  public final int siteKey() {
    return definition.keys().stream()
        .map(KeyColumn::name)
        .toList()
        .indexOf(visitor.sites().isEmpty() ? "" : visitor.sites().get(0));
  }

  private List<String> inRows() {
    return visitor.inRows().stream()
        .flatMap(column -> column.stateNames().stream())
        .map(Names::quoted)
        .toList();
  }

  @Override
  public final int visitorKey() {
    return definition.keys().stream()
        .map(KeyColumn::name)
        .toList()
        .indexOf(visitor.keys().isEmpty() ? "" : visitor.keys().get(0));
  }

  /** A statement of this mart. */
  final SqlFile statement(String what, String sql) {
    return new SqlFile(name() + ": " + what, sql);
  }

  final String staged() {
    return Names.quoted("staged_" + relation());
  }

  /** One state of many, for each state column. */
  final List<String> combined() {
    List<String> combined = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      combined.addAll(measure.measure().combined(quotedState(measure)));
    }
    return combined;
  }

  /**
   * What is kept, with what is added, as assignments to each state column.
   *
   * @param added the name of the row that is added to the one called {@code kept}
   */
  final List<String> merged(String added) {
    return sets((measure, kept, other) -> measure.measure().merged(kept, other), added);
  }

  /** The same where all of what is added comes after what is kept; without what stays. */
  final List<String> followed(String added) {
    return sets(
        (measure, kept, other) ->
            measure.measure().followed(kept, other, measure.condition() == null),
        added);
  }

  @FunctionalInterface
  private interface Merging {
    List<String> of(MeasureColumn measure, List<String> kept, List<String> added);
  }

  private List<String> sets(Merging merging, String added) {
    List<String> sets = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      List<String> state = quotedState(measure);
      List<String> kept = of("kept", state);
      List<String> merged = merging.of(measure, kept, of(added, state));
      for (int i = 0; i < state.size(); i++) {
        if (!merged.get(i).equals(kept.get(i))) {
          sets.add(state.get(i) + " = " + merged.get(i));
        }
      }
    }
    return sets;
  }

  private static List<String> quotedState(MeasureColumn measure) {
    return measure.stateNames().stream().map(Names::quoted).toList();
  }

  private static List<String> of(String row, List<String> columns) {
    return columns.stream().map(column -> row + "." + column).toList();
  }
}
