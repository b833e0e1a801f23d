package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * {@code first_distinct(value, n)}: the first distinct values by the time of each one's first
 * event, then by value.
 *
 * <p>A value that a part drops has enough others before it in the whole, too, so that dropping
 * early loses nothing.
 *
 * @param most how many
 */
public record FirstDistinct(int most) implements Measure {
  @Override
  public ValueType type() {
    return ValueType.TEXTS;
  }

  @Override
  public List<State> state() {
    return List.of(new State("first", ValueType.TEXTS));
  }

  @Override
  public Partial partial() {
    return new Values(most);
  }

  @Override
  public List<String> combined(List<String> state) {
    return List.of("gold.first_distinct_of(%s, %d)".formatted(state.get(0), most));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return List.of("gold.first_distinct(%s, %s, %d)".formatted(kept.get(0), added.get(0), most));
  }

  @Override
  public Optional<String> result(List<String> state) {
    return Optional.of("gold.first_distinct_values(%s)".formatted(state.get(0)));
  }

  private static final class Values implements Partial {
    private final int most;
    private final Map<UTF8String, Long> first = new HashMap<>(2);

    Values(int most) {
      this.most = most;
    }

    /** The value, then the event's time. */
    @Override
    public void add(InternalRow arguments, int from) {
      if (arguments.isNullAt(from)) {
        return;
      }
      UTF8String value = arguments.getUTF8String(from);
      long time = arguments.getLong(from + 1);
      Long before = first.get(value);
      if (before == null || time < before) {
        first.put(before == null ? value.copy() : value, time);
      }
    }

    @Override
    public void add(Partial other) {
      ((Values) other).first.forEach((value, time) -> first.merge(value, time, Math::min));
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      ValueType.TEXTS.write(
          buffer,
          first.entrySet().stream()
              .map(entry -> Entries.of(entry.getValue(), entry.getKey()))
              .sorted()
              .limit(most)
              .toList());
    }
  }
}
