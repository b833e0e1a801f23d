package io.medallion.gold.define;

import io.medallion.lakehouse.spark.SparkInternals;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
import scala.jdk.javaapi.CollectionConverters;

/** Measures of gold's own in the words of Spark, so that Spark can run a SELECT that has them. */
public final class MartFunctions {
  static final String FIRST_DISTINCT = "first_distinct";
  static final String FUNNEL = "funnel";

  /** Their names, in small letters. */
  public static final Set<String> NAMES = Set.of(FIRST_DISTINCT, FUNNEL);

  private MartFunctions() {}

  /** The name of a function that is called; in small letters. */
  static String name(UnresolvedFunction function) {
    return String.join(".", CollectionConverters.asJava(function.nameParts()))
        .toLowerCase(Locale.ROOT);
  }

  static boolean isOurs(Expression expression) {
    return expression instanceof UnresolvedFunction function && NAMES.contains(name(function));
  }

  /** A plan, not analysed, with what they stand for in their place. */
  public static LogicalPlan expanded(SparkSession session, LogicalPlan plan) {
    return Expressions.replacedIn(
        plan, node -> isOurs(node) ? expanded(session, (UnresolvedFunction) node) : node);
  }

  private static Expression expanded(SparkSession session, UnresolvedFunction function) {
    List<Expression> arguments = CollectionConverters.asJava(function.children());
    Map<String, Expression> parts = new HashMap<>();
    IntStream.range(0, arguments.size()).forEach(i -> parts.put("x" + i, arguments.get(i)));
    String spark =
        name(function).equals(FUNNEL)
            ? "aggregate(array_sort(collect_list(struct(event_time, event_id, array(%s) AS taken))), 0, (depth, e) -> CASE WHEN get(e.taken, depth) THEN depth + 1 ELSE depth END)"
                .formatted(
                    IntStream.range(0, arguments.size())
                        .mapToObj(i -> "x" + i)
                        .collect(Collectors.joining(", ")))
            : "slice(array_distinct(transform(array_sort(collect_list(CASE WHEN x0 IS NOT NULL THEN struct(event_time, x0 AS v) END)), e -> e.v)), 1, x1)";
    return Expressions.replaced(
        unnamed(session, spark),
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
