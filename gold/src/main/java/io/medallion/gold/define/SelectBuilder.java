package io.medallion.gold.define;

import io.medallion.lakehouse.spark.SparkInternals;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Makes pieces of a SELECT, not analysed. Spark's own parser makes the nodes, whose constructors
 * change with every release.
 */
record SelectBuilder(SparkSession session) {
  /** An expression in the place of x. */
  NamedExpression instead(Expression expression, String select, String name) {
    return instead(Map.of("x", expression), select, name);
  }

  NamedExpression instead(Map<String, Expression> parts, String select, String name) {
    return (NamedExpression)
        Expressions.replaced(
            (Expression) item("SELECT %s AS %s".formatted(select, name)),
            node -> node instanceof UnresolvedAttribute part ? parts.get(part.name()) : node);
  }

  /** The SELECT with other columns, grouped by those that are no measures. */
  LogicalPlan grouped(List<NamedExpression> items, LogicalPlan child) {
    return grouped(
        items, CollectionConverters.asJava(template("SELECT x").groupingExpressions()), child);
  }

  private Aggregate template(String select) {
    try {
      return (Aggregate) SparkInternals.parsed(session, select + " FROM silver GROUP BY ALL");
    } catch (ParseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The SELECT with other columns, grouped by these expressions. */
  static LogicalPlan grouped(List<NamedExpression> items, List<Expression> by, LogicalPlan child) {
    return new Aggregate(
        CollectionConverters.asScala(by).toSeq(),
        CollectionConverters.asScala(items).toSeq(),
        child,
        Option.empty());
  }

  /** A single column. */
  NamedExpression item(String select) {
    return template(select).aggregateExpressions().head();
  }
}
