package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;
import java.util.List;

/**
 * A table of numbers in Postgres that follows silver.
 *
 * <p>The class says what one event contributes (the accumulator); the SQL of the mart's folder says
 * how contributions merge. Both must be commutative and associative: the same events in any order,
 * in any batches, give the same rows.
 *
 * <p>To add one: a class, a folder {@code sql/marts/<name>}, a staging table and the mart's own
 * table in {@code sql/schema}, and an entry in {@link Marts}.
 */
public interface Mart {
  /** The name of its SQL folder and its staging table. */
  String name();

  /** Rises when the meaning of a column changes, so that old rows are not added to. */
  int version();

  /** The columns that the accumulator emits, in order, as in the staging table. */
  List<String> columns();

  /** The files of its SQL folder that merge what is staged, in order, without the ending. */
  List<String> statements();

  /** The files that take out what is made again, in the same way. */
  default List<String> removals() {
    return List.of("remove");
  }

  /** The files that remove what is older than gold keeps it; none if they are few and stay. */
  default List<String> prunings() {
    return List.of("prune");
  }

  /** Its tables, all of which a rebuild empties. */
  List<String> tables();

  /** Temporary tables that its statements pass rows through, like the staging table. */
  default List<String> passages() {
    return List.of();
  }

  /** Starts a partial aggregate. */
  Accumulator accumulator(GoldSettings settings);

  /** What its rows were made with; another text means that rows of both do not add up. */
  default String definition(GoldSettings settings) {
    return "version=%d %s".formatted(version(), settings.population());
  }

  /** Whether what is made again needs the event, one of silver as of a version. */
  default boolean remakes(SilverEvent event, ReplacedRanges replaced) {
    return replaced.holds(event.time());
  }

  /** Whether a new event is added while other rows are made again: not where these hold it. */
  default boolean addsBeside(SilverEvent event, ReplacedRanges replaced) {
    return !replaced.holds(event.time());
  }

  /** A partial aggregate of some events. Not thread-safe. */
  interface Accumulator {
    /** Takes in an event that counts. */
    void add(SilverEvent event);

    /** Sees an event that does not count: a crawler's, or one that came too late. */
    default void leaveOut(SilverEvent event) {}

    /** How many keys it holds. */
    int size();

    /** Writes one row a key, and starts again. */
    void drainTo(CopyBuffer buffer);
  }
}
