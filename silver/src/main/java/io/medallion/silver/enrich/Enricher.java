package io.medallion.silver.enrich;

import io.medallion.common.event.ParsedEvent;
import java.util.List;

/**
 * Adds columns to an event from what it already says. Thread-safe: one serves all tasks of a
 * process.
 */
public interface Enricher {
  /** A column that it adds. */
  record Column(String name, Type type) {}

  /** What a column's values are in Java; every one of them may be null. */
  enum Type {
    /** What the text converter made of a string. */
    TEXT,
    /** A {@link Double}. */
    DOUBLE,
    /** A {@link Long}. */
    LONG,
    /** A {@link Long}: microseconds since 1970. */
    TIMESTAMP,
    /** A {@link Boolean}. */
    BOOLEAN
  }

  /**
   * The columns that it adds, in the order of its values. Each goes to the column of silver that
   * has its name and its type; a layer does not start if there is none.
   */
  List<Column> columns();

  /**
   * The values for an event, in the order of the columns. The array is shared by all events with
   * the same answer: do not change it.
   */
  Object[] values(ParsedEvent event);
}
