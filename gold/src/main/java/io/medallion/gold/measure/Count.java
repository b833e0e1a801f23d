package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * {@code count} and {@code count_if}.
 *
 * @param of which events count
 */
public record Count(Of of) implements Measure {
  /** Which events count. */
  public enum Of {
    /** All. */
    ROWS,
    /** Those whose argument is not null. */
    VALUES,
    /** Those whose argument is true. */
    TRUE
  }

  @Override
  public List<State> state() {
    return List.of(new State("", ValueType.BIGINT, "0"));
  }

  @Override
  public Partial partial() {
    return new Counted(of);
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of("sum(%s)::bigint".formatted(state.get(0)));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of(kept.get(0) + " + " + added.get(0));
  }

  @Override
  public ValueType type() {
    return ValueType.BIGINT;
  }

  private static final class Counted implements Partial {
    private final Of of;
    private long n;

    Counted(Of of) {
      this.of = of;
    }

    @Override
    public void add(InternalRow arguments, int from) {
      boolean counts =
          switch (of) {
            case ROWS -> true;
            case VALUES -> !arguments.isNullAt(from);
            case TRUE -> !arguments.isNullAt(from) && arguments.getBoolean(from);
          };
      if (counts) {
        n++;
      }
    }

    @Override
    public void add(Partial other) {
      n += ((Counted) other).n;
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      buffer.bigint(n);
    }
  }
}
