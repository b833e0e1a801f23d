package io.medallion.dashboard.api;

import java.util.List;
import java.util.Map;

/**
 * A table or view of gold.
 *
 * @param name without the schema
 * @param kind {@code mart} or {@code view}
 * @param description may be null
 * @param columns in their order
 * @param funnels the conditions of the steps of each column that says how many were taken
 */
public record Mart(
    String name,
    String kind,
    String description,
    List<MartColumn> columns,
    Map<String, List<String>> funnels) {
  /** Whether its rows change with merges alone: a view may ask for the time. */
  boolean changesWithMerges() {
    return kind.equals("mart");
  }
}
