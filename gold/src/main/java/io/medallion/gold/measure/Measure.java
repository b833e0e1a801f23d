package io.medallion.gold.measure;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * A number that a mart keeps for each key, whatever order its events come in.
 *
 * <p>It has a state of one or more columns. {@link #partial} makes the state of some events in
 * Spark; {@link #combined} makes one state of many in Postgres; {@link #merged} makes one of two;
 * {@link #result} reads the number off it. All three ways are commutative and associative, and a
 * partial of no event is their neutral element.
 *
 * <p>To add one: a class, and a line in {@code MeasureFactory}.
 */
public interface Measure extends Serializable {
  /**
   * A column of the state.
   *
   * @param suffix what distinguishes it among the columns of the measure; empty for a result
   * @param type its type
   * @param neutral its value where no event is counted, in SQL; null if that is null
   */
  record State(String suffix, ValueType type, String neutral) implements Serializable {
    State(String suffix, ValueType type) {
      this(suffix, type, null);
    }

    /** Whether it is what a column of the mart shows. */
    public boolean isResult() {
      return suffix.isEmpty();
    }
  }

  /** The state's columns, in the order in which a partial writes them. */
  List<State> state();

  /** The neutral element: of no event. */
  Partial partial();

  /**
   * SQL aggregates over rows of states, one for each state column.
   *
   * @param state the state columns' names
   */
  List<String> combined(List<String> state);

  /**
   * SQL expressions of the state of two, one for each state column.
   *
   * @param kept the state columns of the one
   * @param added those of the other
   */
  List<String> merged(List<String> kept, List<String> added);

  /**
   * The same where every event of the other is later than all of the one's, as a session's part is
   * that follows it: then less may have to be looked at. What stays as it is is the kept column
   * itself.
   *
   * @param always whether every event counts, so that neither state is of none
   */
  default List<String> followed(List<String> kept, List<String> added, boolean always) {
    return merged(kept, added);
  }

  /** The type of the result, of the first of several. */
  ValueType type();

  /**
   * The result as an expression over the state columns that is immutable to Postgres; empty if it
   * is the first of these.
   */
  default Optional<String> result(List<String> state) {
    return Optional.empty();
  }
}
