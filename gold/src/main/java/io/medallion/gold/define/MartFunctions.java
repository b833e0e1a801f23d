package io.medallion.gold.define;

import io.medallion.lakehouse.spark.SparkInternals;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** Measures of gold's own in the words of Spark, so that Spark can run a SELECT that has them. */
public final class MartFunctions {
  /** Their names, in small letters. */
  public static final Set<String> NAMES =
      Arrays.stream(OwnMeasure.values())
          .map(OwnMeasure::function)
          .collect(Collectors.toUnmodifiableSet());

  private MartFunctions() {}

  static Optional<OwnMeasure> of(Expression expression) {
    return expression instanceof UnresolvedFunction function
        ? OwnMeasure.of(function)
        : Optional.empty();
  }

  /** A plan, not analysed, with what they stand for in their place. */
  public static LogicalPlan expanded(SparkSession session, LogicalPlan plan) {
    return Expressions.replacedIn(
        plan,
        node ->
            of(node).map(own -> expanded(session, own, Expressions.children(node))).orElse(node));
  }

  private static Expression expanded(
      SparkSession session, OwnMeasure own, List<Expression> arguments) {
    Map<String, Expression> parts = new HashMap<>();
    IntStream.range(0, arguments.size()).forEach(i -> parts.put("x" + i, arguments.get(i)));
    return Expressions.replaced(
        unnamed(session, own.spark(arguments.size())),
        node ->
            node instanceof UnresolvedAttribute part
                ? parts.getOrDefault(part.name(), node)
                : node);
  }

  private static Expression unnamed(SparkSession session, String expression) {
    try {
      Aggregate parsed =
          (Aggregate)
              SparkInternals.parsed(
                  session, "SELECT %s AS x FROM silver GROUP BY ALL".formatted(expression));
      return Expressions.children((Expression) parsed.aggregateExpressions().head()).get(0);
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
  }
}
