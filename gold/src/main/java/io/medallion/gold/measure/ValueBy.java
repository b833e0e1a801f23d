package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code min_by} and {@code max_by}: a value of the event that is first or last in an order. The
 * order's last part is the event's id, which no event is without; nulls of the others come first.
 *
 * @param value Spark's type of the value
 * @param order Spark's types of the order's parts
 * @param least whether it is that of the first event or of the last
 */
public record ValueBy(DataType value, List<DataType> order, boolean least) implements Measure {
  /** Takes a copy of the list. */
  public ValueBy {
    order = List.copyOf(order);
  }

  @Override
  public ValueType type() {
    return ValueType.of(value).orElseThrow();
  }

  @Override
  public List<State> state() {
    List<State> state = new ArrayList<>(List.of(new State("", type())));
    for (int i = 0; i < order.size(); i++) {
      state.add(new State("by" + (i + 1), partType(i)));
    }
    return state;
  }

  private ValueType partType(int part) {
    return ValueType.of(order.get(part)).orElseThrow();
  }

  @Override
  public Partial partial() {
    return new Found(this);
  }

  @Override
  public List<String> combined(List<String> state) {
    String id = state.get(state.size() - 1);
    String by =
        String.join(
            ", ",
            state.subList(1, state.size()).stream()
                .map(part -> part + (least ? " NULLS FIRST" : " DESC NULLS LAST"))
                .toList());
    return state.stream()
        .map(
            column ->
                "(array_agg(%s ORDER BY %s) FILTER (WHERE %s IS NOT NULL))[1]"
                    .formatted(column, by, id))
        .toList();
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    int id = order.size();
    String goesBefore =
        "%2$s IS NOT NULL AND (%1$s IS NULL OR %3$s)"
            .formatted(kept.get(id), added.get(id), before(kept, added, 1));
    return IntStream.rangeClosed(0, id)
        .mapToObj(
            i ->
                "CASE WHEN %s THEN %s ELSE %s END".formatted(goesBefore, added.get(i), kept.get(i)))
        .toList();
  }

  /** Whether the added one goes before the kept one, from a part on. */
  private String before(List<String> kept, List<String> added, int part) {
    String a = added.get(part);
    String k = kept.get(part);
    String less = a + (least ? " < " : " > ") + k;
    if (part == order.size()) {
      return less;
    }
    // A null is less than any value.
    String nulls = least ? "%s IS NULL AND %s IS NOT NULL" : "%2$s IS NULL AND %1$s IS NOT NULL";
    return "(%s OR %s OR %s IS NOT DISTINCT FROM %s AND %s)"
        .formatted(less, nulls.formatted(a, k), a, k, before(kept, added, part + 1));
  }

  private static final class Found implements Partial {
    private final ValueBy measure;
    private final List<ValueType> types;
    private Object value;
    private Object[] place;

    Found(ValueBy measure) {
      this.measure = measure;
      this.types =
          Stream.concat(
                  Stream.of(measure.type()),
                  IntStream.range(0, measure.order.size()).mapToObj(measure::partType))
              .toList();
    }

    @Override
    public void add(InternalRow arguments, int from) {
      Object[] other = new Object[measure.order.size()];
      for (int i = 0; i < other.length; i++) {
        other[i] = types.get(i + 1).get(arguments, from + 1 + i, measure.order.get(i));
      }
      if (goesBefore(other)) {
        place = other;
        value = types.get(0).get(arguments, from, measure.value);
      }
    }

    @Override
    public void add(Partial other) {
      Found found = (Found) other;
      if (found.place != null && goesBefore(found.place)) {
        place = found.place;
        value = found.value;
      }
    }

    private boolean goesBefore(Object[] other) {
      return place == null || (measure.least ? compare(other, place) : compare(place, other)) < 0;
    }

    private int compare(Object[] a, Object[] b) {
      for (int i = 0; i < a.length; i++) {
        int compared =
            a[i] == null || b[i] == null
                ? Boolean.compare(a[i] != null, b[i] != null)
                : types.get(i + 1).compare(a[i], b[i]);
        if (compared != 0) {
          return compared;
        }
      }
      return 0;
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      types.get(0).write(buffer, value);
      for (int i = 1; i < types.size(); i++) {
        types.get(i).write(buffer, place == null ? null : place[i - 1]);
      }
    }
  }
}
