package io.medallion.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table of results. Cells are texts, numbers or null if nothing was measured; a column holds
 * either texts or numbers, and names its unit.
 *
 * @param title what it tells
 * @param columns their names
 * @param rows as many cells each as there are columns
 */
public record ReportTable(String title, List<String> columns, List<List<Object>> rows) {

  static ReportTable of(String title, String... columns) {
    return new ReportTable(title, List.of(columns), new ArrayList<>());
  }

  ReportTable add(Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "%d cells for %d columns".formatted(cells.length, columns.size()));
    }
    List<Object> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Double number ? Math.round(number * 100) / 100.0 : cell);
    }
    rows.add(row);
    return this;
  }

  /** Whether a column's cells are numbers. */
  public boolean numbers(int column) {
    return rows.stream().anyMatch(row -> row.get(column) instanceof Number);
  }

  /** The rows by name of column, for JSON. */
  List<Map<String, Object>> named() {
    List<Map<String, Object>> named = new ArrayList<>();
    for (List<Object> row : rows) {
      Map<String, Object> cells = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        cells.put(columns.get(i), row.get(i));
      }
      named.add(cells);
    }
    return named;
  }
}
