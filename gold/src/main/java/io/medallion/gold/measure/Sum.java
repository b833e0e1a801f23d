package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code sum} of whole numbers or decimals; null without a value.
 *
 * @param argument Spark's type of the argument
 * @param type of the sum
 */
public record Sum(DataType argument, ValueType type) implements Measure {
  @Override
  public List<State> state() {
    return List.of(new State("", type));
  }

  @Override
  public Partial partial() {
    return type.kind() == ValueType.Kind.BIGINT ? new Whole(this) : new Decimals(this);
  }

  @Override
  public List<String> combined(List<String> state) {
    String sum = "sum(%s)".formatted(state.get(0));
    return List.of(type.kind() == ValueType.Kind.BIGINT ? sum + "::bigint" : sum);
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("coalesce(%1$s + %2$s, %1$s, %2$s)".formatted(kept.get(0), added.get(0)));
  }

  private ValueType argumentType() {
    return ValueType.of(argument).orElseThrow();
  }

  /** Of integers: their sum fits 64 bits for more events than there can be. */
  private static final class Whole implements Partial {
    private final DataType argument;
    private final ValueType from;
    private long sum;
    private boolean any;

    Whole(Sum measure) {
      argument = measure.argument;
      from = measure.argumentType();
    }

    @Override
    public void add(InternalRow arguments, int at) {
      Object value = from.get(arguments, at, argument);
      if (value != null) {
        sum = Math.addExact(sum, (Long) value);
        any = true;
      }
    }

    @Override
    public void add(Partial other) {
      sum = Math.addExact(sum, ((Whole) other).sum);
      any |= ((Whole) other).any;
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      ValueType.BIGINT.write(buffer, any ? (Object) sum : null);
    }
  }

  private static final class Decimals implements Partial {
    private final Sum measure;
    private final ValueType from;
    private BigDecimal sum;

    Decimals(Sum measure) {
      this.measure = measure;
      from = measure.argumentType();
    }

    @Override
    public void add(InternalRow arguments, int at) {
      plus((BigDecimal) from.get(arguments, at, measure.argument));
    }

    @Override
    public void add(Partial other) {
      plus(((Decimals) other).sum);
    }

    private void plus(BigDecimal value) {
      if (value != null) {
        sum = sum == null ? value : sum.add(value);
      }
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      measure.type.write(buffer, sum);
    }
  }
}
