package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code min}, {@code max}, and of truth values {@code bool_and} and {@code bool_or}, which are the
 * same; null without a value.
 *
 * @param argument Spark's type of the argument
 * @param least whether it is the least or the greatest
 */
public record Extreme(DataType argument, boolean least) implements Measure {
  @Override
  public ValueType type() {
    return ValueType.of(argument).orElseThrow();
  }

  @Override
  public List<State> state() {
    return List.of(new State("", type()));
  }

  @Override
  public Partial partial() {
    return new Found(this, type());
  }

  @Override
  public List<String> combined(List<String> state) {
    String aggregate =
        type().kind() == ValueType.Kind.BOOLEAN
            ? least ? "bool_and" : "bool_or"
            : least ? "min" : "max";
    return List.of("%s(%s)".formatted(aggregate, state.get(0)));
  }

  /** Postgres's own {@code least} and {@code greatest} leave nulls out. */
  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("%s(%s, %s)".formatted(least ? "least" : "greatest", kept.get(0), added.get(0)));
  }

  private static final class Found implements Partial {
    private final Extreme measure;
    private final ValueType type;
    private Object value;

    Found(Extreme measure, ValueType type) {
      this.measure = measure;
      this.type = type;
    }

    @Override
    public void add(InternalRow arguments, int from) {
      take(type.get(arguments, from, measure.argument));
    }

    @Override
    public void add(Partial other) {
      take(((Found) other).value);
    }

    private void take(Object other) {
      if (other == null) {
        return;
      }
      if (value == null || (type.compare(other, value) < 0) == measure.least) {
        value = other;
      }
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      type.write(buffer, value);
    }
  }
}
