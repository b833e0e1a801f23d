package io.medallion.lakehouse.query;

import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BinaryComparison;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GreaterThan;
import org.apache.spark.sql.catalyst.expressions.GreaterThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.LessThan;
import org.apache.spark.sql.catalyst.expressions.LessThanOrEqual;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * What a query seeks, in the words of Delta Kernel, which leaves out files by it: comparisons of a
 * column with a value, joined by AND and OR. What it has no word for is left to Spark.
 */
final class SoughtRows {
  /** Kernel's word for a comparison, and for the same with its sides exchanged. */
  private record Word(String same, String exchanged) {}

  private static final Map<Class<?>, Word> COMPARISONS =
      Map.of(
          EqualTo.class, new Word("=", "="),
          LessThan.class, new Word("<", ">"),
          LessThanOrEqual.class, new Word("<=", ">="),
          GreaterThan.class, new Word(">", "<"),
          GreaterThanOrEqual.class, new Word(">=", "<="));

  /** How a value, as Spark keeps it, is written for Kernel. */
  private static final Map<DataType, Function<Object, Literal>> LITERALS =
      Map.of(
          DataTypes.StringType, value -> Literal.ofString(value.toString()),
          DataTypes.IntegerType, value -> Literal.ofInt((int) value),
          DataTypes.LongType, value -> Literal.ofLong((long) value),
          DataTypes.DateType, value -> Literal.ofDate((int) value),
          DataTypes.TimestampType, value -> Literal.ofTimestamp((long) value));

  private SoughtRows() {}

  /** All of some conditions; empty where there is none that Kernel has words for. */
  static Optional<Predicate> of(Stream<Expression> conditions) {
    return conditions
        .map(SoughtRows::of)
        .flatMap(Optional::stream)
        .reduce((one, other) -> new Predicate("AND", one, other));
  }

  private static Optional<Predicate> of(Expression condition) {
    if (condition instanceof And and) {
      return of(Stream.of(and.left(), and.right()));
    }
    if (condition instanceof Or or) {
      Optional<Predicate> right = of(or.right());
      return of(or.left()).flatMap(one -> right.map(other -> new Predicate("OR", one, other)));
    }
    if (condition instanceof BinaryComparison comparison) {
      return Optional.ofNullable(COMPARISONS.get(comparison.getClass()))
          .flatMap(
              word ->
                  of(word.same(), comparison.left(), comparison.right())
                      .or(() -> of(word.exchanged(), comparison.right(), comparison.left())));
    }
    return Optional.empty();
  }

  private static Optional<Predicate> of(String word, Expression left, Expression right) {
    if (left instanceof Attribute column
        && right instanceof org.apache.spark.sql.catalyst.expressions.Literal literal
        && literal.value() != null
        && LITERALS.containsKey(literal.dataType())) {
      Literal value = LITERALS.get(literal.dataType()).apply(literal.value());
      return Optional.of(new Predicate(word, new Column(column.name()), value));
    }
    return Optional.empty();
  }
}
