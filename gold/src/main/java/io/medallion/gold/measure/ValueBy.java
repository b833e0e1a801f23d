package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;

/**
 * {@code min_by} and {@code max_by}: values of the event that is first or last in an order. The
 * order's last part is the event's id, which no event is without; nulls of the others come first.
 * Several values of the same event have one order, which is kept and compared once.
 *
 * @param values Spark's types of the values, at least one
 * @param order Spark's types of the order's parts
 * @param least whether they are those of the first event or of the last
 * @param byTime whether the order begins with the event's time
 */
public record ValueBy(List<DataType> values, List<DataType> order, boolean least, boolean byTime)
    implements Measure {
  /** Takes copies of the lists. */
  public ValueBy {
    values = List.copyOf(values);
    order = List.copyOf(order);
  }

  /** The same with one value more, behind the others. */
  public ValueBy and(DataType value) {
    return new ValueBy(
        Stream.concat(values.stream(), Stream.of(value)).toList(), order, least, byTime);
  }

  /** That of the first value. */
  @Override
  public ValueType type() {
    return types().get(0);
  }

  @Override
  public List<State> state() {
    List<State> state = new ArrayList<>();
    List<ValueType> types = types();
    for (int i = 0; i < types.size(); i++) {
      int part = i - values.size() + 1;
      state.add(new State(part <= 0 ? "" : "by" + part, types.get(i)));
    }
    return state;
  }

  /** Of the values, then of the order's parts. */
  private List<ValueType> types() {
    return Stream.concat(values.stream(), order.stream())
        .map(type -> ValueType.of(type).orElseThrow())
        .toList();
  }

  @Override
  public Partial partial() {
    return new Found(this, types());
  }

  private String id(List<String> state) {
    return state.get(state.size() - 1);
  }

  @Override
  public List<String> combined(List<String> state) {
    String by =
        String.join(
            ", ",
            state.subList(values.size(), state.size()).stream()
                .map(part -> part + (least ? " NULLS FIRST" : " DESC NULLS LAST"))
                .toList());
    return state.stream()
        .map(
            column ->
                "(array_agg(%s ORDER BY %s) FILTER (WHERE %s IS NOT NULL))[1]"
                    .formatted(column, by, id(state)))
        .toList();
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return chosen(
        "%2$s IS NOT NULL AND (%1$s IS NULL OR %3$s)"
            .formatted(id(kept), id(added), before(kept, added, values.size())),
        kept,
        added);
  }

  @Override
  public List<String> followed(List<String> kept, List<String> added, boolean always) {
    if (!byTime) {
      return merged(kept, added);
    }
    if (always) {
      return least ? kept : added;
    }
    return chosen(least ? id(kept) + " IS NULL" : id(added) + " IS NOT NULL", kept, added);
  }

  private static List<String> chosen(String added, List<String> kept, List<String> other) {
    return IntStream.range(0, kept.size())
        .mapToObj(
            i -> "CASE WHEN %s THEN %s ELSE %s END".formatted(added, other.get(i), kept.get(i)))
        .toList();
  }

  /** Whether the added one goes before the kept one, from a column on. */
  private String before(List<String> kept, List<String> added, int column) {
    String a = added.get(column);
    String k = kept.get(column);
    String less = a + (least ? " < " : " > ") + k;
    if (column == kept.size() - 1) {
      return less;
    }
    // A null is less than any value.
    String nulls = least ? "%s IS NULL AND %s IS NOT NULL" : "%2$s IS NULL AND %1$s IS NOT NULL";
    return "(%s OR %s OR %s IS NOT DISTINCT FROM %s AND %s)"
        .formatted(less, nulls.formatted(a, k), a, k, before(kept, added, column + 1));
  }

  private static final class Found implements Partial {
    private final ValueBy measure;
    private final List<ValueType> types;
    private final int values;

    /** Values, then the order's parts; null before the first event. */
    private Object[] found;

    Found(ValueBy measure, List<ValueType> types) {
      this.measure = measure;
      this.types = types;
      this.values = measure.values.size();
    }

    @Override
    public void add(InternalRow arguments, int from) {
      if (found == null || goesBefore(arguments, from)) {
        if (found == null) {
          found = new Object[types.size()];
        }
        for (int i = 0; i < found.length; i++) {
          found[i] = value(arguments, from, i);
        }
      }
    }

    private Object value(InternalRow arguments, int from, int i) {
      DataType type = i < values ? measure.values.get(i) : measure.order.get(i - values);
      return types.get(i).get(arguments, from + i, type);
    }

    /** Mostly the first part decides, and no other one is looked at. */
    private boolean goesBefore(InternalRow arguments, int from) {
      for (int i = values; i < found.length; i++) {
        int compared = compare(i, value(arguments, from, i), found[i]);
        if (compared != 0) {
          return compared < 0 == measure.least;
        }
      }
      return false;
    }

    @Override
    public void add(Partial other) {
      Object[] theirs = ((Found) other).found;
      if (theirs != null && (found == null || goesBefore(theirs))) {
        found = theirs;
      }
    }

    private boolean goesBefore(Object[] other) {
      for (int i = values; i < found.length; i++) {
        int compared = compare(i, other[i], found[i]);
        if (compared != 0) {
          return compared < 0 == measure.least;
        }
      }
      return false;
    }

    private int compare(int column, Object a, Object b) {
      return a == null || b == null
          ? Boolean.compare(a != null, b != null)
          : types.get(column).compare(a, b);
    }

    @Override
    public void writeTo(CopyBuffer buffer) {
      for (int i = 0; i < types.size(); i++) {
        types.get(i).write(buffer, found == null ? null : found[i]);
      }
    }
  }
}
