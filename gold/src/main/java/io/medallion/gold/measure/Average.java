package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code avg}, kept as a sum and a count. Of decimals it has four more digits after the point than
 * they, rounded half up, as in Spark; of whole numbers it is a floating-point number.
 *
 * @param sum the sum of the argument
 */
public record Average(Sum sum) implements Measure {
  private static final int MORE_DIGITS = 4;

  /** Of an argument of one of Spark's types. */
  public static Average of(DataType argument, ValueType sum) {
    return new Average(new Sum(argument, sum));
  }

  private static final Count COUNT = new Count(Count.Of.VALUES);

  @Override
  public ValueType type() {
    return sum.type().kind() == ValueType.Kind.BIGINT
        ? ValueType.DOUBLE
        : ValueType.decimal(sum.type().scale() + MORE_DIGITS);
  }

  @Override
  public List<State> state() {
    return List.of(new State("sum", sum.type()), new State("count", ValueType.BIGINT, "0"));
  }

  @Override
  public Partial partial() {
    return new Both(sum.partial(), COUNT.partial());
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of(
        sum.combined(state.subList(0, 1)).get(0), COUNT.combined(state.subList(1, 2)).get(0));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of(
        sum.merged(kept, added).get(0),
        COUNT.merged(kept.subList(1, 2), added.subList(1, 2)).get(0));
  }

  /** Of decimals by whole numbers, since a quotient of Postgres's may be rounded already. */
  @Override
  public Optional<String> result(List<String> state) {
    if (type().kind() == ValueType.Kind.DOUBLE) {
      return Optional.of(
          "%s::double precision / nullif(%s, 0)::double precision"
              .formatted(state.get(0), state.get(1)));
    }
    String shift = "1" + "0".repeat(type().scale());
    return Optional.of(
        "(sign(%1$s) * div(2 * abs(%1$s) * %3$s + %2$s, 2 * nullif(%2$s, 0)) / %3$s.0)::%4$s"
            .formatted(state.get(0), state.get(1), shift, type().postgres()));
  }

  private record Both(Partial sum, Partial count) implements Partial {
    @Override
    public void add(InternalRow arguments, int from) {
      sum.add(arguments, from);
      count.add(arguments, from);
    }

    @Override
    public void add(Partial other) {
      sum.add(((Both) other).sum);
      count.add(((Both) other).count);
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      sum.writeTo(buffer);
      count.writeTo(buffer);
    }
  }
}
