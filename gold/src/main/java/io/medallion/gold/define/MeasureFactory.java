package io.medallion.gold.define;

import io.medallion.gold.define.MartDefinition.DistinctColumn;
import io.medallion.gold.define.MartDefinition.MeasureColumn;
import io.medallion.gold.define.MartDefinition.Output;
import io.medallion.gold.measure.Average;
import io.medallion.gold.measure.Count;
import io.medallion.gold.measure.Extreme;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.Sum;
import io.medallion.gold.measure.ValueBy;
import io.medallion.gold.measure.ValueType;
import io.medallion.lakehouse.schema.SilverColumns;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.LongType;
import scala.jdk.javaapi.CollectionConverters;

/** From an aggregate function of Spark's to the measure that keeps it. */
final class MeasureFactory {
  /** So many digits leave room for the sum of ten billion values. */
  private static final int MOST_DIGITS = 28;

  private static final int LONG_DIGITS = 20;
  private static final String KEPT =
      "Kept are count, count_if, sum, avg, min, max, bool_and, bool_or, count(DISTINCT ...),"
          + " min_by and max_by.";

  /** Makes the error of a place. */
  @FunctionalInterface
  interface Refusal {
    MartRefused because(String problem, String reason, String remedy);
  }

  private final Refusal refusal;

  MeasureFactory(Refusal refusal) {
    this.refusal = refusal;
  }

  /**
   * The measure of one.
   *
   * @param name of the column
   * @param condition which events it takes; null for all
   */
  Output of(String name, AggregateExpression aggregate, Expression condition) throws MartRefused {
    String function = aggregate.aggregateFunction().prettyName();
    List<Expression> arguments = Expressions.children(aggregate.aggregateFunction());
    if (aggregate.isDistinct() && function.equals("count")) {
      return distinct(name, condition, arguments);
    }
    if (aggregate.isDistinct() && !List.of("min", "max").contains(function)) {
      throw refusal.because(
          function + "(DISTINCT ...)",
          "The values counted would have to be kept for each row.",
          "Leave DISTINCT out, or count(DISTINCT ...) them.");
    }
    return switch (function) {
      case "count" -> count(name, condition, arguments);
      case "count_if" -> measured(name, new Count(Count.Of.TRUE), condition, arguments);
      case "sum" -> sum(name, condition, arguments.get(0));
      case "avg", "mean" -> average(name, condition, arguments.get(0));
      case "min", "bool_and", "every" -> extreme(name, true, condition, arguments.get(0));
      case "max", "bool_or", "some", "any" -> extreme(name, false, condition, arguments.get(0));
      case "min_by" -> valueBy(name, true, condition, arguments);
      case "max_by" -> valueBy(name, false, condition, arguments);
      default ->
          throw refusal.because(
              function + " cannot be kept", reason(function), KEPT + " " + remedy(function));
    };
  }

  private static String reason(String function) {
    return switch (function) {
      case "percentile",
          "percentile_approx",
          "approx_percentile",
          "median",
          "percentile_cont",
          "percentile_disc" ->
          "A percentile of two parts does not follow from their percentiles.";
      case "approx_count_distinct",
          "hll_sketch_agg",
          "kll_sketch_agg_bigint",
          "count_min_sketch",
          "theta_sketch_agg" ->
          "A sketch depends on the order in which its parts come.";
      case "first", "last", "any_value", "first_value", "last_value" ->
          "Which event comes first depends on how they arrive.";
      case "collect_list", "array_agg", "collect_set", "listagg", "string_agg" ->
          "A list grows with every event.";
      default -> "Its parts do not merge exactly in any order.";
    };
  }

  private static String remedy(String function) {
    return switch (function) {
      case "percentile",
          "percentile_approx",
          "approx_percentile",
          "median",
          "percentile_cont",
          "percentile_disc" ->
          "Count by buckets of the value, and read percentiles off these in a view.";
      case "approx_count_distinct", "hll_sketch_agg" ->
          "Write count(DISTINCT ...), which is exact.";
      case "first", "any_value", "first_value" ->
          "Write min_by(value, struct(event_time, event_id)).";
      case "last", "last_value" -> "Write max_by(value, struct(event_time, event_id)).";
      case "collect_list", "array_agg", "collect_set", "listagg", "string_agg" ->
          "Make the value a key, or count(DISTINCT ...) it.";
      case "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop" ->
          "Keep count(x), sum(x) and sum(x * x) of decimals, and compute it in a view.";
      default -> "Compute it in a view on top.";
    };
  }

  private static MeasureColumn measured(
      String name, Measure measure, Expression condition, List<Expression> arguments) {
    return new MeasureColumn(
        name,
        measure,
        condition,
        arguments.stream()
            .map(argument -> Expressions.tolerant(Expressions.evaluable(argument)))
            .toList());
  }

  private Output count(String name, Expression condition, List<Expression> arguments)
      throws MartRefused {
    if (arguments.size() > 1) {
      throw refusal.because(
          "count of several columns",
          "It counts events in which none of them is null.",
          "Write count_if(a IS NOT NULL AND b IS NOT NULL).");
    }
    Expression counted = arguments.get(0);
    return counted.foldable() && !counted.nullable()
        ? measured(name, new Count(Count.Of.ROWS), condition, List.of())
        : measured(name, new Count(Count.Of.VALUES), condition, arguments);
  }

  private Output distinct(String name, Expression condition, List<Expression> arguments)
      throws MartRefused {
    ValueType type =
        arguments.size() == 1 ? ValueType.of(arguments.get(0).dataType()).orElse(null) : null;
    if (type == null || type.kind() == ValueType.Kind.TEXTS) {
      throw refusal.because(
          "count(DISTINCT ...) of "
              + (arguments.size() == 1 ? arguments.get(0).dataType().sql() : "several columns"),
          "A value is kept by its hash, as one text, number or time.",
          "Make one text of them: count(DISTINCT concat_ws('|', a, b)).");
    }
    return new DistinctColumn(
        name, condition, Expressions.tolerant(Expressions.evaluable(arguments.get(0))), type, null);
  }

  private Output sum(String name, Expression condition, Expression argument) throws MartRefused {
    return measured(
        name, new Sum(argument.dataType(), summed("sum", argument)), condition, List.of(argument));
  }

  private Output average(String name, Expression condition, Expression argument)
      throws MartRefused {
    if (argument.dataType() instanceof LongType) {
      throw refusal.because(
          "avg of BIGINT",
          "Spark adds such numbers up as floating-point numbers, whose sum depends on their order.",
          "Write avg(CAST(x AS DECIMAL(20, 0))).");
    }
    return measured(
        name,
        Average.of(argument.dataType(), summed("avg", argument)),
        condition,
        List.of(argument));
  }

  /** The type of a sum that no number of events makes overflow. */
  private ValueType summed(String function, Expression argument) throws MartRefused {
    DataType type = argument.dataType();
    if (type instanceof DoubleType || type instanceof FloatType) {
      throw refusal.because(
          function + " of floating-point numbers",
          "Their sum depends on the order in which they are added.",
          "Write %s(CAST(x AS DECIMAL(18, 6))).".formatted(function));
    }
    if (type instanceof LongType) {
      throw refusal.because(
          function + " of BIGINT",
          "It may pass 64 bits, which would stop gold.",
          "Write %s(CAST(x AS DECIMAL(%d, 0))).".formatted(function, LONG_DIGITS));
    }
    if (type instanceof DecimalType decimal) {
      if (decimal.precision() > MOST_DIGITS && !isAmount(decimal)) {
        throw refusal.because(
            function + " of " + decimal.sql(),
            "It may pass 38 digits, which would stop gold.",
            "Write %s(CAST(x AS DECIMAL(%d, %d)))."
                .formatted(function, MOST_DIGITS, Math.min(decimal.scale(), MOST_DIGITS)));
      }
      return ValueType.decimal(decimal.scale());
    }
    return ValueType.of(type)
        .filter(t -> t.kind() == ValueType.Kind.INTEGER)
        .map(t -> ValueType.BIGINT)
        .orElseThrow(
            () ->
                refusal.because(
                    "%s of %s".formatted(function, type.sql()),
                    "Kept are sums of whole numbers and decimals.",
                    "Cast it to a DECIMAL."));
  }

  /** A price times a quantity, which the event contract bounds to 18 digits before the point. */
  private static boolean isAmount(DecimalType decimal) {
    return decimal.precision() <= MOST_DIGITS + 1 && decimal.scale() == 6;
  }

  private Output extreme(String name, boolean least, Expression condition, Expression argument)
      throws MartRefused {
    plain(argument);
    return measured(name, new Extreme(argument.dataType(), least), condition, List.of(argument));
  }

  private void plain(Expression value) throws MartRefused {
    if (ValueType.of(value.dataType()).filter(t -> t.kind() != ValueType.Kind.TEXTS).isEmpty()) {
      throw refusal.because(
          "A value of type " + value.dataType().sql(),
          "Postgres has no such column that could be merged.",
          "Use a text, a number, a time or a truth value.");
    }
  }

  private Output valueBy(
      String name, boolean least, Expression condition, List<Expression> arguments)
      throws MartRefused {
    plain(arguments.get(0));
    List<Expression> order = new ArrayList<>();
    if (Expressions.evaluable(arguments.get(1)) instanceof CreateNamedStruct struct) {
      order.addAll(CollectionConverters.asJava(struct.valExprs()));
    }
    boolean unique =
        order.size() > 1
            && Expressions.isColumn(order.get(order.size() - 1), SilverColumns.EVENT_ID)
            && order.stream()
                .anyMatch(part -> Expressions.isColumn(part, SilverColumns.EVENT_TIME));
    if (!unique) {
      throw refusal.because(
          "An order in which two events may be equal",
          "Which of them it takes would depend on how they arrive; an event is its time and its id.",
          "Write struct(event_time, event_id), or struct(x, event_time, event_id).");
    }
    for (Expression part : order) {
      plain(part);
    }
    List<Expression> all = new ArrayList<>(List.of(arguments.get(0)));
    all.addAll(order);
    return measured(
        name,
        new ValueBy(
            List.of(arguments.get(0).dataType()),
            order.stream().map(Expression::dataType).toList(),
            least,
            Expressions.isColumn(order.get(0), SilverColumns.EVENT_TIME)),
        condition,
        all);
  }
}
