package io.medallion.cli.show;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writes values as people read them. */
public final class Text {
  private static final int MEBI = 1024 * 1024;

  private Text() {}

  /** Such as {@code 45 s}, {@code 2 min 5 s}, {@code 3 h 10 min}, {@code 2 d 4 h}. */
  public static String of(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return pair(seconds, 60, "min", 1, "s");
    }
    return seconds < 86_400
        ? pair(seconds, 3600, "h", 60, "min")
        : pair(seconds, 86_400, "d", 3600, "h");
  }

  /** Such as {@code 12.5 MiB}. */
  public static String mebibytes(long bytes) {
    return "%,.1f MiB".formatted((double) bytes / MEBI);
  }

  /**
   * A line broken between words, so that no part is longer than a width unless a word is.
   *
   * @param indent what every part but the first begins with
   */
  public static List<String> wrapped(String line, int width, String indent) {
    List<String> lines = new ArrayList<>();
    String rest = line.stripTrailing();
    while (rest.length() > width) {
      int start = lines.isEmpty() ? 0 : indent.length();
      int end = rest.lastIndexOf(' ', width);
      if (rest.substring(start, Math.max(start, end)).isBlank()) {
        end = rest.indexOf(' ', Math.max(start, width));
      }
      if (end < 0) {
        break;
      }
      lines.add(rest.substring(0, end).stripTrailing());
      rest = indent + rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  private static String pair(long seconds, long big, String bigUnit, long small, String unit) {
    long rest = seconds % big / small;
    return seconds / big + " " + bigUnit + (rest == 0 ? "" : " " + rest + " " + unit);
  }
}
