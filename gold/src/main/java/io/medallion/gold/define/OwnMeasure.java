package io.medallion.gold.define;

import io.medallion.gold.measure.FirstDistinct;
import io.medallion.gold.measure.FirstValues;
import io.medallion.gold.measure.Funnel;
import io.medallion.gold.measure.Measure;
import io.medallion.gold.measure.ValueType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A measure of gold's own, which Spark does not know by its name: how it is kept, and what it means
 * in Spark's words.
 */
@SuppressWarnings("ImmutableEnumChecker") // The functions are constructors.
enum OwnMeasure {
  /** The first n distinct values. */
  FIRST_DISTINCT(
      FirstDistinct::new,
      false,
      "slice(array_distinct(transform(array_sort(collect_list("
          + "CASE WHEN x0 IS NOT NULL THEN struct(event_time, x0 AS v) END)), e -> e.v)), 1, x1)"),

  /** The values of the first n events that have one. */
  FIRST_VALUES(
      FirstValues::new,
      true,
      "slice(transform(array_sort(collect_list("
          + "CASE WHEN x0 IS NOT NULL THEN struct(event_time, event_id, x0 AS v) END)), e -> e.v),"
          + " 1, x1)"),

  /** How many conditions were met one after the other. */
  FUNNEL(
      Funnel::new,
      true,
      "aggregate(array_sort(collect_list(struct(event_time, event_id, array(%s) AS taken))), 0,"
          + " (depth, e) -> CASE WHEN get(e.taken, depth) THEN depth + 1 ELSE depth END)");

  /** The most values that are kept in a row. */
  private static final int MOST_VALUES = 100;

  @SuppressWarnings("ImmutableEnumChecker") // A constructor, which holds nothing.
  private final IntFunction<Measure> measure;

  private final boolean takesId;
  private final String spark;

  OwnMeasure(IntFunction<Measure> measure, boolean takesId, String spark) {
    this.measure = measure;
    this.takesId = takesId;
    this.spark = spark;
  }

  /** The one that is called. */
  static Optional<OwnMeasure> of(UnresolvedFunction function) {
    String name =
        String.join(".", CollectionConverters.asJava(function.nameParts()))
            .toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(own -> own.function().equals(name)).findFirst();
  }

  /** Its name in SQL. */
  String function() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether its state has the event's id besides the time. */
  boolean takesId() {
    return takesId;
  }

  /** The type of what is computed of each event. */
  ValueType type() {
    return this == FUNNEL ? ValueType.BOOLEAN : ValueType.TEXT;
  }

  /** Those of its arguments that are computed of each event. */
  List<Expression> values(List<Expression> arguments) {
    return this == FUNNEL ? arguments : arguments.subList(0, 1);
  }

  /**
   * How it is kept.
   *
   * @return empty if the arguments are none for it: too many steps, or no number of values
   */
  Optional<Measure> measure(List<Expression> arguments) {
    if (this == FUNNEL) {
      return arguments.size() > Funnel.MOST
          ? Optional.empty()
          : Optional.of(measure.apply(arguments.size()));
    }
    boolean counted =
        arguments.size() == 2
            && arguments.get(1) instanceof Literal literal
            && literal.value() instanceof Integer most
            && most > 0
            && most <= MOST_VALUES;
    return counted
        ? Optional.of(measure.apply((Integer) ((Literal) arguments.get(1)).value()))
        : Optional.empty();
  }

  /** What to write where {@link #measure} is empty. */
  String remedy() {
    return this == FUNNEL
        ? "Write at most %d conditions: %s(step, step, ...).".formatted(Funnel.MOST, function())
        : "Write %s(value, n), with n from 1 to %d.".formatted(function(), MOST_VALUES);
  }

  /** The same in Spark's words, with the arguments' places as x0, x1, and so on. */
  String spark(int arguments) {
    String places =
        IntStream.range(0, arguments).mapToObj(i -> "x" + i).collect(Collectors.joining(", "));
    return spark.formatted(places);
  }
}
