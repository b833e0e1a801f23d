package io.medallion.gold.measure;

import io.medallion.gold.mart.Key;
import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code count(DISTINCT ...)} of a session: the values, by their hashes, are kept in its row, as
 * rows of sessions merge. Other marts keep them in a table of their own.
 *
 * @param argument Spark's type of the argument
 */
public record DistinctValues(DataType argument) implements Measure {
  @Override
  public ValueType type() {
    return ValueType.BIGINT;
  }

  @Override
  public List<State> state() {
    return List.of(new State("values", ValueType.HASHES));
  }

  @Override
  public Partial partial() {
    return new Values(argument);
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of("gold.union_of(%s)".formatted(state.get(0)));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("gold.array_union(%s, %s)".formatted(kept.get(0), added.get(0)));
  }

  @Override
  public Optional<String> result(List<String> state) {
    return Optional.of("cardinality(%s)".formatted(state.get(0)));
  }

  private static final class Values implements Partial {
    private final DataType argument;
    private final ValueType type;
    private final Set<UUID> hashes = new TreeSet<>();

    Values(DataType argument) {
      this.argument = argument;
      this.type = ValueType.of(argument).orElseThrow();
    }

    @Override
    public void add(InternalRow arguments, int from) {
      Object value = type.get(arguments, from, argument);
      if (value != null) {
        hashes.add(Key.hash(type.text(value)));
      }
    }

    @Override
    public void add(Partial other) {
      hashes.addAll(((Values) other).hashes);
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      ValueType.HASHES.write(buffer, hashes);
    }
  }
}
