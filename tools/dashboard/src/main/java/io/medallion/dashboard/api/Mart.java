package io.medallion.dashboard.api;

import java.util.List;

/**
 * A table or view of gold.
 *
 * @param name without the schema
 * @param kind {@code mart} or {@code view}
 * @param description may be null
 * @param columns in their order
 */
public record Mart(String name, String kind, String description, List<MartColumn> columns) {
  /** Whether its rows change with merges alone: a view may ask for the time. */
  boolean changesWithMerges() {
    return kind.equals("mart");
  }
}
