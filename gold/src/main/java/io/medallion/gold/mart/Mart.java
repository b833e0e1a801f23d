package io.medallion.gold.mart;

import io.medallion.gold.postgres.SqlFile;
import java.util.List;

/**
 * A relation that a mart is kept in: partial aggregates are staged for it, and statements merge
 * them. A mart is one or more of these.
 *
 * <p>The aggregation is what one event contributes; the statements merge contributions. Both are
 * commutative and associative: the same events in any order, in any batches, give the same rows.
 */
public interface Mart {
  /** The mart's name, which is its definition's in {@code gold.definitions}. */
  String name();

  /** The name of its staging table. */
  default String relation() {
    return name();
  }

  /** The columns that partial aggregates have, in order, as in the staging table; quoted. */
  List<String> columns();

  /** The statements that merge what is staged, in order. */
  List<SqlFile> statements();

  /** The statements that take out what is made again. */
  List<SqlFile> removals();

  /** The statements that remove what is older than gold keeps it; none if all of it stays. */
  List<SqlFile> prunings();

  /**
   * The statements that empty the windows that start in {@code lost_buckets}, to be counted again
   * from silver.
   */
  default List<SqlFile> recounts() {
    return List.of();
  }

  /** Its tables with their schema, all of which a rebuild empties. */
  List<String> tables();

  /** Creates the temporary tables that its statements pass rows through. */
  default List<SqlFile> preparations() {
    return List.of();
  }

  /** These tables. */
  default List<String> passages() {
    return List.of();
  }

  /**
   * The statements that put persons in the place of marked ids in what is staged, by the temporary
   * table {@code resolved_visitors}; none if its rows tell no visitors apart. What is marked as
   * read again is removed.
   */
  default List<SqlFile> resolutions() {
    return List.of();
  }

  /**
   * The statements that take the rows of visitors in the temporary table {@code moved_visitors} out
   * of its tables, and stage those that become another's.
   */
  default List<SqlFile> moves() {
    return List.of();
  }

  /** Whether a file declares it, so that it may fail over an event, which is to stop no other. */
  default boolean isDeclared() {
    return false;
  }

  /** Whether its rows tell visitors apart. */
  default boolean isByVisitor() {
    return !resolutions().isEmpty();
  }

  /** Which of its keys is the visitor, where a session is known by it; -1 if none is. */
  default int visitorKey() {
    return -1;
  }

  /** Which of its keys is the site, where a session is known by the visitor; -1 if none is. */
  default int siteKey() {
    return -1;
  }

  /** The columns of silver that it needs besides those of {@link SilverEvent}. */
  default List<String> reads() {
    return List.of();
  }

  /**
   * What it makes of silver's rows.
   *
   * @param columns of the rows, in order
   */
  Aggregation aggregation(List<String> columns, GoldSettings settings);

  /** What its rows were made with; another text means that rows of both do not add up. */
  String definition(GoldSettings settings);

  /** The times whose events are read again where the ranges are made again. */
  default List<TimeRange> reads(List<TimeRange> ranges) {
    return ranges;
  }
}
