package io.medallion.cli.show;

import java.util.ArrayList;
import java.util.List;

/** Rows of texts, aligned. */
public final class Columns {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] right;

  /**
   * A table with a headline.
   *
   * @param headline one word a column; a leading {@code >} aligns the column to the right
   */
  public Columns(String... headline) {
    right = new boolean[headline.length];
    List<String> first = new ArrayList<>();
    for (int i = 0; i < headline.length; i++) {
      right[i] = headline[i].startsWith(">");
      first.add(right[i] ? headline[i].substring(1) : headline[i]);
    }
    rows.add(first);
  }

  /** Adds a row; null is shown as nothing. */
  public void add(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell == null ? "" : cell.toString());
    }
    rows.add(row);
  }

  /** The lines, headline first; the last column ends where its text does. */
  public List<String> lines() {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String space = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : "  ").append(right[i] ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }
}
