package io.medallion.gold.measure;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
  private static final Comparator<Map.Entry<UTF8String, Long>> BY_TIME =
      Map.Entry.<UTF8String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey());

  @Override
  public ValueType type() {
    return ValueType.TEXTS;
  }

  /** The values, and the time of each. */
  @Override
  public List<State> state() {
    return List.of(
        new State("", ValueType.TEXTS, "'{}'"), new State("times", ValueType.TIMES, "'{}'"));
  }

  @Override
  public Partial partial() {
    return new Values(most);
  }

  @Override
  public List<String> combined(List<String> state) {
    return first(
        "gold.concatenation(%s)".formatted(state.get(0)),
        "gold.concatenation(%s)".formatted(state.get(1)));
  }

  @Override
  public List<String> merged(List<String> kept, List<String> added) {
    return first(kept.get(0) + " || " + added.get(0), kept.get(1) + " || " + added.get(1));
  }

  private List<String> first(String values, String times) {
    return Stream.of("first_distinct", "first_distinct_times")
        .map(function -> "gold.%s(%s, %s, %d)".formatted(function, values, times, most))
        .toList();
  }

  /** Those that are new come behind those that are there. */
  @Override
  public List<String> followed(List<String> kept, List<String> added, boolean always) {
    return List.of(
        followed(kept.get(0), "value", kept, added), followed(kept.get(1), "seen", kept, added));
  }

  private String followed(String column, String what, List<String> kept, List<String> added) {
    String other = added.get(column.equals(kept.get(0)) ? 0 : 1);
    return """
        CASE WHEN %3$s = '{}' THEN %1$s
          WHEN %2$s && %3$s THEN (
            SELECT (%1$s || coalesce(array_agg(%5$s ORDER BY place), '{}'))[1:%6$d]
            FROM unnest(%3$s, %4$s) WITH ORDINALITY AS listed (value, seen, place)
            WHERE value <> ALL (%2$s))
          ELSE (%1$s || %7$s)[1:%6$d] END"""
        .formatted(column, kept.get(0), added.get(0), added.get(1), what, most, other);
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
      List<Map.Entry<UTF8String, Long>> listed =
          first.entrySet().stream().sorted(BY_TIME).limit(most).toList();
      ValueType.TEXTS.write(buffer, listed.stream().map(Map.Entry::getKey).toList());
      ValueType.TIMES.write(buffer, listed.stream().map(Map.Entry::getValue).toList());
    }
  }
}
