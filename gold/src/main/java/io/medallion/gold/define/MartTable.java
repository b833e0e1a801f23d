package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.ComputedColumn;
import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.FurtherColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The table of a declared mart: its columns in Postgres, and the SQL of its times.
 *
 * @param definition what it holds
 * @param schema where it is
 */
record MartTable(MartDefinition definition, String schema) {
  /** So many windows have a bit each in a row of a set. */
  static final int WINDOWS_PER_SET = 60;

  /** The state column in which a session's last event is, if it is not selected. */
  static final String SESSION_END = "session" + Names.STATE + "end";

  private static final String MICROS = "interval '%d microseconds'";

  /** A column of a table. */
  record Column(String name, ValueType type, String more) {
    String ddl() {
      return "%s %s%s".formatted(Names.quoted(name), type.postgres(), more);
    }
  }

  /** With its schema, quoted. */
  String name() {
    return schema + "." + Names.quoted(definition.name());
  }

  /**
   * The columns that a row is known by. The start of its window comes first: new rows are
   * neighbours. But rows of visitors are looked up by these, so that they come first; and the start
   * last for sessions, of which the last one before an event is looked up.
   */
  List<String> keys() {
    Stream<String> start = definition.start().stream().map(TimeColumn::name);
    VisitorUse visitor = VisitorUse.of(definition);
    List<String> first = visitor.keys().isEmpty() ? List.of() : visitor.ofRows();
    Stream<String> others =
        definition.keys().stream().map(KeyColumn::name).filter(key -> !first.contains(key));
    return Stream.concat(
            first.stream(),
            isSessions() ? Stream.concat(others, start) : Stream.concat(start, others))
        .toList();
  }

  /** Whether the primary key begins with the visitor, so that it does not find times. */
  boolean isByVisitor() {
    return !VisitorUse.of(definition).keys().isEmpty();
  }

  boolean isSessions() {
    return definition.time().kind() == TimeKey.Kind.SESSION;
  }

  /** The same with what follows from them: where a window ends. */
  List<Output> keyColumns() {
    List<Output> all = new ArrayList<>();
    definition.start().ifPresent(all::add);
    all.addAll(definition.keys());
    definition.times().stream().filter(time -> !all.contains(time)).forEach(all::add);
    return all;
  }

  List<String> keyNames() {
    return keyColumns().stream().map(Output::name).toList();
  }

  /** Of all measures. */
  List<String> stateNames() {
    return definition.measures().stream().flatMap(m -> m.stateNames().stream()).toList();
  }

  /** All columns: those selected in their order, then what merging needs. */
  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (Output output : definition.columns()) {
      if (output instanceof ComputedColumn computed) {
        columns.add(generated(computed.name(), computed.type(), computed.sql()));
      } else if (output instanceof DistinctColumn) {
        columns.add(new Column(output.name(), output.type(), " NOT NULL DEFAULT 0"));
      } else if (output instanceof FurtherColumn further) {
        MeasureColumn measure =
            definition.measures().stream()
                .filter(m -> m.name().equals(further.of()))
                .findFirst()
                .orElseThrow();
        columns.add(stateColumn(measure, measure.stateNames().indexOf(further.name())));
      } else if (output instanceof MeasureColumn measure) {
        columns.add(
            measure.measure().state().get(0).isResult()
                ? stateColumn(measure, 0)
                : generated(measure.name(), measure.type(), measure.result()));
      } else {
        columns.add(new Column(output.name(), output.type(), " NOT NULL"));
      }
    }
    for (MeasureColumn measure : definition.measures()) {
      for (int i = 0; i < measure.measure().state().size(); i++) {
        Column column = stateColumn(measure, i);
        if (columns.stream().noneMatch(c -> c.name().equals(column.name()))) {
          columns.add(column);
        }
      }
    }
    return columns;
  }

  private static Column generated(String name, ValueType type, String sql) {
    return new Column(name, type, " GENERATED ALWAYS AS (%s) STORED".formatted(sql));
  }

  /** A row that a set of distinct values has made counts nothing yet. */
  private static Column stateColumn(MeasureColumn measure, int i) {
    Measure.State state = measure.measure().state().get(i);
    return new Column(
        measure.stateNames().get(i),
        state.type(),
        state.neutral() == null ? "" : " NOT NULL DEFAULT " + state.neutral());
  }

  // Times.

  String micros(long micros) {
    return MICROS.formatted(micros);
  }

  /** The start of a row's window as a timestamptz. */
  String startOf(String row) {
    return instant(
        row + "." + Names.quoted(definition.start().orElseThrow().name()),
        definition.start().orElseThrow().type());
  }

  static String instant(String column, ValueType type) {
    return type.kind() == ValueType.Kind.DAY
        ? "(%s::timestamp AT TIME ZONE 'UTC')".formatted(column)
        : column;
  }

  /** A timestamptz as a column of this type. */
  static String column(String instant, ValueType type) {
    return type.kind() == ValueType.Kind.DAY
        ? "(%s AT TIME ZONE 'UTC')::date".formatted(instant)
        : instant;
  }

  /** The first time after a window that starts at an instant. */
  String endOf(String start) {
    TimeKey time = definition.time();
    return time.unit() != null
        ? "((%s AT TIME ZONE 'UTC' + interval '%s') AT TIME ZONE 'UTC')"
            .formatted(start, time.unit().interval())
        : "(%s + %s)".formatted(start, micros(time.size()));
  }

  /** Whether a window that starts at an instant has a time of a row of {@code remade}. */
  String touches(String start) {
    TimeKey time = definition.time();
    return switch (time.kind()) {
      case NONE, SESSION -> "true";
      // An index finds starts, not ends.
      case WINDOW ->
          "%1$s < remade.until AND %1$s > remade.since - %2$s"
              .formatted(start, micros(time.size()));
      case CALENDAR -> "%s < remade.until AND %s > remade.since".formatted(start, endOf(start));
      case LOCAL ->
          "%1$s < remade.until + %3$s AND %2$s > remade.since - %3$s"
              .formatted(start, endOf(start), micros(TimeKey.FARTHEST));
    };
  }

  // Sets of distinct values.

  /** How much time a row of a set is about; nought where it is about a single window. */
  long bucket() {
    return definition.time().kind() == TimeKey.Kind.WINDOW
        ? WINDOWS_PER_SET * definition.time().slide()
        : 0;
  }
}
