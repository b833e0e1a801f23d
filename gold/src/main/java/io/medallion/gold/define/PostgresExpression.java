package io.medallion.gold.define;

import io.medallion.gold.measure.ValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Add;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.CaseWhen;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Coalesce;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GreaterThan;
import org.apache.spark.sql.catalyst.expressions.GreaterThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNotNull;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.LessThan;
import org.apache.spark.sql.catalyst.expressions.LessThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Not;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.Subtract;
import org.apache.spark.sql.catalyst.expressions.SubtractTimestamps;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;
import scala.jdk.javaapi.CollectionConverters;

/**
 * An expression over measures in the words of Postgres: only what both compute alike, to the last
 * digit, and what Postgres takes for immutable.
 */
final class PostgresExpression {
  /** Names the column of a measure. */
  @FunctionalInterface
  interface Measures {
    String of(AggregateExpression aggregate) throws MartRefused;
  }

  /** Makes the error for what has no translation. */
  @FunctionalInterface
  interface Refusal {
    MartRefused because(Expression node);
  }

  private final Measures measures;
  private final Refusal refusal;

  PostgresExpression(Measures measures, Refusal refusal) {
    this.measures = measures;
    this.refusal = refusal;
  }

  String of(Expression e) throws MartRefused {
    if (e instanceof AggregateExpression aggregate) {
      return measures.of(aggregate);
    } else if (e instanceof Literal literal) {
      return literal(literal);
    } else if (e instanceof Cast cast && isNumber(cast.child()) && isNumber(cast)) {
      return "(%s)::%s".formatted(of(cast.child()), type(cast));
    } else if (e instanceof Add || e instanceof Subtract) {
      if (!isNumber(e)) {
        throw refusal.because(e);
      }
      return infix(e, e instanceof Add ? "+" : "-");
    } else if (e instanceof SubtractTimestamps) {
      return infix(e, "-");
    } else if (e instanceof EqualTo) {
      return infix(e, "=");
    } else if (e instanceof LessThan) {
      return infix(e, "<");
    } else if (e instanceof LessThanOrEqual) {
      return infix(e, "<=");
    } else if (e instanceof GreaterThan) {
      return infix(e, ">");
    } else if (e instanceof GreaterThanOrEqual) {
      return infix(e, ">=");
    } else if (e instanceof And) {
      return infix(e, "AND");
    } else if (e instanceof Or) {
      return infix(e, "OR");
    } else if (e instanceof Not not) {
      return "(NOT %s)".formatted(of(not.child()));
    } else if (e instanceof IsNull isNull) {
      return "(%s IS NULL)".formatted(of(isNull.child()));
    } else if (e instanceof IsNotNull isNotNull) {
      return "(%s IS NOT NULL)".formatted(of(isNotNull.child()));
    } else if (e instanceof Coalesce) {
      return "coalesce(%s)".formatted(String.join(", ", all(Expressions.children(e))));
    } else if (e instanceof If choice) {
      return "CASE WHEN %s THEN %s ELSE %s END"
          .formatted(of(choice.predicate()), of(choice.trueValue()), of(choice.falseValue()));
    } else if (e instanceof CaseWhen cases) {
      return cases(cases);
    }
    throw refusal.because(e);
  }

  private String cases(CaseWhen cases) throws MartRefused {
    StringBuilder sql = new StringBuilder("CASE");
    for (var branch : CollectionConverters.asJava(cases.branches())) {
      sql.append(" WHEN %s THEN %s".formatted(of(branch._1()), of(branch._2())));
    }
    if (cases.elseValue().isDefined()) {
      sql.append(" ELSE ").append(of(cases.elseValue().get()));
    }
    return sql.append(" END").toString();
  }

  private String infix(Expression e, String operator) throws MartRefused {
    List<String> sides = all(Expressions.children(e));
    return "(%s %s %s)".formatted(sides.get(0), operator, sides.get(1));
  }

  private List<String> all(List<Expression> expressions) throws MartRefused {
    List<String> all = new ArrayList<>();
    for (Expression expression : expressions) {
      all.add(of(expression));
    }
    return all;
  }

  private static boolean isNumber(Expression e) {
    return ValueType.of(e.dataType())
        .filter(
            type ->
                switch (type.kind()) {
                  case INTEGER, BIGINT, DECIMAL -> true;
                  default -> false;
                })
        .isPresent();
  }

  private static String type(Expression e) {
    return ValueType.of(e.dataType()).orElseThrow().postgres();
  }

  private String literal(Literal literal) throws MartRefused {
    Object value = literal.value();
    if (value == null) {
      return "NULL";
    } else if (value instanceof UTF8String text) {
      return "'" + text.toString().replace("'", "''") + "'";
    } else if (value instanceof Boolean
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      return value.toString();
    } else if (value instanceof Long && isNumber(literal)) {
      return value + "::bigint";
    } else if (value instanceof Decimal decimal) {
      BigDecimal number = decimal.toJavaBigDecimal();
      return number.toPlainString() + "::" + type(literal);
    }
    throw refusal.because(literal);
  }
}
