package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.GoldSettings;
import io.medallion.gold.mart.Mart;
import io.medallion.gold.postgres.SqlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The rows of a mart that a SELECT defines, but for its distinct values. */
abstract class DeclaredRows implements Mart {
  final MartDefinition definition;
  final MartTable table;

  DeclaredRows(MartTable table) {
    this.table = table;
    this.definition = table.definition();
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
    List<String> sets = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      List<String> state = quotedState(measure);
      List<String> merged = measure.measure().merged(of("kept", state), of(added, state));
      for (int i = 0; i < state.size(); i++) {
        sets.add(state.get(i) + " = " + merged.get(i));
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
