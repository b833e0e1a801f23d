package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.KeyColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.define.MartDefinition.TimeColumn;
import io.medallion.gold.mart.Aggregation;
import io.medallion.gold.mart.EventFilter;
import io.medallion.gold.mart.RowAccumulator;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.Partial;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.InterpretedMutableProjection;
import org.apache.spark.sql.catalyst.expressions.InterpretedPredicate;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.MutableProjection;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateMutableProjection$;
import org.apache.spark.sql.catalyst.expressions.codegen.GeneratePredicate$;
import org.apache.spark.sql.types.DataType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * From silver's rows to partial aggregates of a declared mart: Spark's expressions say which rows,
 * which keys and what is measured; windows and measures are gold's.
 *
 * @param all whether events that do not count elsewhere count
 * @param mart its name, for filters
 * @param time how it divides time
 * @param timeOrdinal where a row has the event's time, or its local day
 * @param filter which rows; null for all
 * @param inputs keys, then what measures ask for, over rows
 * @param keys the types of the keys
 * @param keyTypes Spark's types of these
 * @param output what it makes of them
 */
record MartAggregation(
    boolean all,
    String mart,
    TimeKey time,
    int timeOrdinal,
    Expression filter,
    List<Expression> inputs,
    List<ValueType> keys,
    List<DataType> keyTypes,
    Outputs output)
    implements Aggregation {

  /** What is kept for each key, and how it is written. */
  sealed interface Outputs extends Serializable {}

  /**
   * A measure and where its condition and arguments are among the inputs.
   *
   * @param condition -1 for none
   */
  record Input(Measure measure, int condition, int from) implements Serializable {}

  /** Rows with measures. */
  record MeasureOutputs(List<Input> measures, TimeColumn start, List<TimeColumn> otherTimes)
      implements Outputs {
    Partial[] partials() {
      return measures.stream().map(input -> input.measure().partial()).toArray(Partial[]::new);
    }

    void add(InternalRow inputs, Partial[] partials) {
      for (int i = 0; i < partials.length; i++) {
        Input input = measures.get(i);
        if (PartialRows.isTrue(inputs, input.condition())) {
          partials[i].add(inputs, input.from());
        }
      }
    }

    /** How many columns their states have. */
    int states() {
      return measures.stream().mapToInt(input -> input.measure().state().size()).sum();
    }
  }

  /** Bits of windows for each distinct value. */
  record DistinctOutputs(ValueType type, DataType sparkType, int condition, int value, long bucket)
      implements Outputs {}

  static MartAggregation rows(MartDefinition definition, MartTable table, List<String> columns) {
    List<Expression> inputs = keysOf(definition);
    List<Input> measures = new ArrayList<>();
    for (MeasureColumn measure : definition.measures()) {
      int condition = add(inputs, measure.condition());
      int from = inputs.size();
      inputs.addAll(measure.arguments());
      measures.add(new Input(measure.measure(), condition, from));
    }
    return of(
        definition,
        columns,
        inputs,
        new MeasureOutputs(
            measures,
            definition.start().orElse(null),
            new ArrayList<>(
                table.keyColumns().stream()
                    .skip(definition.start().isPresent() ? 1 : 0)
                    .filter(TimeColumn.class::isInstance)
                    .map(TimeColumn.class::cast)
                    .toList())));
  }

  static MartAggregation distinct(
      MartDefinition definition, MartTable table, DistinctColumn column, List<String> columns) {
    List<Expression> inputs = keysOf(definition);
    int condition = add(inputs, column.condition());
    int value = add(inputs, column.value());
    return of(
        definition,
        columns,
        inputs,
        new DistinctOutputs(
            column.valueType(), column.value().dataType(), condition, value, table.bucket()));
  }

  private static List<Expression> keysOf(MartDefinition definition) {
    return new ArrayList<>(definition.keys().stream().map(KeyColumn::expression).toList());
  }

  private static int add(List<Expression> inputs, Expression expression) {
    if (expression == null) {
      return -1;
    }
    inputs.add(expression);
    return inputs.size() - 1;
  }

  private static MartAggregation of(
      MartDefinition definition, List<String> columns, List<Expression> inputs, Outputs output) {
    return new MartAggregation(
        definition.file().countsAll(),
        definition.name(),
        definition.time(),
        columns.indexOf(timeColumn(definition.time())),
        definition.filter() == null ? null : Expressions.bound(definition.filter(), columns),
        new ArrayList<>(inputs.stream().map(e -> Expressions.bound(e, columns)).toList()),
        new ArrayList<>(definition.keys().stream().map(Output::type).toList()),
        new ArrayList<>(definition.keys().stream().map(k -> k.expression().dataType()).toList()),
        output);
  }

  private static String timeColumn(TimeKey time) {
    return time.kind() == TimeKey.Kind.LOCAL ? SilverColumns.LOCAL_DATE : SilverColumns.EVENT_TIME;
  }

  /** The columns of silver that a mart's rows are made from. */
  static List<String> reads(MartTable table) {
    MartDefinition definition = table.definition();
    return reads(
        definition.time(),
        Stream.concat(
            Stream.ofNullable(definition.filter()),
            Stream.concat(
                definition.keys().stream().map(KeyColumn::expression),
                definition.measures().stream()
                    .flatMap(
                        m ->
                            Stream.concat(
                                Stream.ofNullable(m.condition()), m.arguments().stream())))));
  }

  /** The columns of silver that expressions name, and the one that windows go by. */
  static List<String> reads(TimeKey time, Stream<Expression> expressions) {
    return Stream.concat(
            Stream.of(timeColumn(time)),
            expressions
                .flatMap(expression -> Expressions.nodes(expression).stream())
                .filter(AttributeReference.class::isInstance)
                .map(column -> ((AttributeReference) column).name()))
        .distinct()
        .toList();
  }

  @Override
  public RowAccumulator start(EventFilter windows, boolean compiled) {
    BasePredicate predicate = null;
    if (filter != null) {
      predicate =
          compiled
              ? GeneratePredicate$.MODULE$.generate(filter, true)
              : InterpretedPredicate.apply(filter);
      predicate.initialize(0);
    }
    PartialRows.Pass pass =
        new PartialRows.Pass(
            this, windows.isFor(mart) ? windows : null, predicate, projection(compiled));
    if (output instanceof DistinctOutputs distinct) {
      return new DistinctRows(pass, distinct);
    }
    MeasureOutputs measures = (MeasureOutputs) output;
    return time.kind() == TimeKey.Kind.SESSION
        ? new SessionRows(pass, measures)
        : new MeasureRows(pass, measures);
  }

  /**
   * Of keys and the value that is counted distinctly those that are columns of the row: where they
   * are in it, -1 for all other inputs. They are read there, and not copied.
   */
  int[] plain() {
    int[] plain = new int[inputs.size()];
    Arrays.fill(plain, -1);
    for (int i = 0; i < plain.length; i++) {
      boolean read =
          i < keys.size() || (output instanceof DistinctOutputs counted && counted.value == i);
      if (read && inputs.get(i) instanceof BoundReference column) {
        plain[i] = column.ordinal();
      }
    }
    return plain;
  }

  /** Computes the others; null if there are none. */
  private MutableProjection projection(boolean compiled) {
    int[] plain = plain();
    if (Arrays.stream(plain).allMatch(ordinal -> ordinal >= 0)) {
      return null;
    }
    List<Expression> computed = new ArrayList<>(inputs);
    for (int i = 0; i < plain.length; i++) {
      if (plain[i] >= 0) {
        computed.set(i, Literal.create(null, computed.get(i).dataType()));
      }
    }
    Seq<Expression> projected = CollectionConverters.asScala(computed).toSeq();
    MutableProjection projection =
        compiled
            ? GenerateMutableProjection$.MODULE$.generate(projected, true)
            : new InterpretedMutableProjection(projected);
    projection.initialize(0);
    return projection;
  }
}
