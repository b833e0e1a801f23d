package io.medallion.gold.define;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.Add;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.CommonExpressionRef;
import org.apache.spark.sql.catalyst.expressions.Divide;
import org.apache.spark.sql.catalyst.expressions.EvalMode$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Multiply;
import org.apache.spark.sql.catalyst.expressions.NumericEvalContext;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.Subtract;
import org.apache.spark.sql.catalyst.expressions.With;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.PartialFunction;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractPartialFunction;

/** Spark's expressions, changed and looked through. */
final class Expressions {
  private Expressions() {}

  /** Every node, the whole first. */
  static List<Expression> nodes(Expression expression) {
    List<Expression> nodes = new ArrayList<>();
    add(expression, nodes);
    return nodes;
  }

  private static void add(Expression expression, List<Expression> nodes) {
    nodes.add(expression);
    children(expression).forEach(child -> add(child, nodes));
  }

  static List<Expression> children(Expression expression) {
    return CollectionConverters.asJava(expression.children());
  }

  /** Whether it is a column of silver. */
  static boolean isColumn(Expression expression, String name) {
    return expression instanceof AttributeReference column && column.name().equals(name);
  }

  /** Whether two expressions over silver say the same in the same words; either may be null. */
  static boolean areLike(Expression a, Expression b) {
    return Objects.equals(words(a), words(b));
  }

  private static String words(Expression expression) {
    return expression == null ? null : expression.sql();
  }

  static boolean areLike(List<Expression> a, List<Expression> b) {
    return a.size() == b.size()
        && IntStream.range(0, a.size()).allMatch(i -> areLike(a.get(i), b.get(i)));
  }

  /** As it can be evaluated: without the stand-ins that Spark's optimizer replaces. */
  static Expression evaluable(Expression expression) {
    return expression.transformUp(
        rule(
            node ->
                node instanceof RuntimeReplaceable r ? evaluable(r.replacement()) : inlined(node)));
  }

  /** What BETWEEN and the like name once, at each place in which it stands. */
  private static Expression inlined(Expression node) {
    if (!(node instanceof With with)) {
      return node;
    }
    Map<Long, Expression> named = new HashMap<>();
    CollectionConverters.asJava(with.defs()).forEach(def -> named.put(def.id().id(), def.child()));
    return replaced(
        with.child(),
        part -> part instanceof CommonExpressionRef ref ? named.get(ref.id().id()) : part);
  }

  /** The same of an expression over aggregates, which stay as they were written. */
  static Expression evaluableKeepingAggregates(Expression expression) {
    if (expression instanceof AggregateExpression) {
      return expression;
    }
    if (expression instanceof RuntimeReplaceable r) {
      return evaluableKeepingAggregates(r.replacement());
    }
    List<Expression> children =
        children(expression).stream().map(Expressions::evaluableKeepingAggregates).toList();
    return inlined(expression.withNewChildren(CollectionConverters.asScala(children).toSeq()));
  }

  /** Over rows of these columns, instead of by name. */
  static Expression bound(Expression expression, List<String> columns) {
    return expression.transformUp(
        rule(
            node ->
                node instanceof AttributeReference column
                    ? new BoundReference(
                        columns.indexOf(column.name()), column.dataType(), column.nullable())
                    : node));
  }

  /** What overflows is null, as what cannot be cast or divided is. */
  static Expression tolerant(Expression expression) {
    return expression.transformUp(rule(Expressions::tolerated));
  }

  /** The same of all expressions of a plan that is analysed. */
  static LogicalPlan tolerant(LogicalPlan plan) {
    return plan.transformAllExpressions(rule(Expressions::tolerated));
  }

  private static Expression tolerated(Expression node) {
    if (node instanceof Add e) {
      return new Add(e.left(), e.right(), tolerant(e.evalContext()));
    } else if (node instanceof Subtract e) {
      return new Subtract(e.left(), e.right(), tolerant(e.evalContext()));
    } else if (node instanceof Multiply e) {
      return new Multiply(e.left(), e.right(), tolerant(e.evalContext()));
    } else if (node instanceof Divide e) {
      return new Divide(e.left(), e.right(), tolerant(e.evalContext()));
    }
    return node;
  }

  private static NumericEvalContext tolerant(NumericEvalContext context) {
    return context.copy(EvalMode$.MODULE$.TRY(), context.allowDecimalPrecisionLoss());
  }

  /** A plan with some nodes of its expressions replaced, the lowest first. */
  static LogicalPlan replacedIn(LogicalPlan plan, UnaryOperator<Expression> rule) {
    return plan.transformAllExpressions(rule(rule));
  }

  /** With some nodes replaced, the lowest first. */
  static Expression replaced(Expression expression, UnaryOperator<Expression> rule) {
    return expression.transformUp(rule(rule));
  }

  private static PartialFunction<Expression, Expression> rule(UnaryOperator<Expression> rule) {
    return new AbstractPartialFunction<>() {
      @Override
      public Expression apply(Expression node) {
        return rule.apply(node);
      }

      @Override
      public boolean isDefinedAt(Expression node) {
        return true;
      }
    };
  }
}
