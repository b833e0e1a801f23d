package io.medallion.cli.show;

import java.util.ArrayList;
import java.util.List;

/** Rows of texts, aligned. */
public final class Columns {
  private static final String SPACE = "  ";

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
    return lines(Integer.MAX_VALUE);
  }

  /**
   * The lines, none of which is longer than a width unless a single word is: columns that have no
   * room any more are in lines of their own below, set in, and the text of a column that is too
   * wide alone is broken between words.
   */
  public List<String> lines(int width) {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<Integer> starts = starts(widths, width);
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      for (int i = 0; i < starts.size(); i++) {
        int end = i + 1 < starts.size() ? starts.get(i + 1) : widths.length;
        String line = line(row, widths, starts.get(i), end);
        if (i == 0) {
          lines.addAll(Text.wrapped(line, width, SPACE));
        } else if (!line.isEmpty()) {
          lines.addAll(Text.wrapped(SPACE + line, width, SPACE));
        }
      }
    }
    return lines;
  }

  /** The first column of each line. */
  private static List<Integer> starts(int[] widths, int width) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    int used = 0;
    for (int i = 0; i < widths.length; i++) {
      used += widths[i] + (used == 0 ? 0 : SPACE.length());
      if (used > width && starts.get(starts.size() - 1) < i) {
        starts.add(i);
        used = SPACE.length() + widths[i];
      }
    }
    return starts;
  }

  private String line(List<String> row, int[] widths, int from, int end) {
    StringBuilder line = new StringBuilder();
    for (int i = from; i < end; i++) {
      String cell = row.get(i);
      String space = " ".repeat(widths[i] - cell.length());
      line.append(i == from ? "" : SPACE).append(right[i] ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }
}
