package io.medallion.cli.show;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a terminal's window is.
 *
 * @param rows lines of text
 * @param columns characters in a line
 */
public record Window(int rows, int columns) {
  /** What is taken for granted where nobody says. */
  public static final Window USUAL = new Window(24, 80);

  private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)\\s*");

  /** The window of this process's terminal as it is now, which the system's stty knows. */
  public static Window now() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return parse(said);
    } catch (IOException e) {
      return USUAL;
    }
  }

  /** What stty says, {@link #USUAL} if that is no size. */
  public static Window parse(String said) {
    Matcher size = SIZE.matcher(said);
    return size.matches() && !size.group(2).equals("0")
        ? new Window(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)))
        : USUAL;
  }

  /** A line that does not reach the window's edge: what is left out is between words. */
  public String fitted(String line) {
    if (line.length() < columns) {
      return line;
    }
    int end = Math.max(line.lastIndexOf(' ', columns - 3), 0);
    String kept = end == 0 ? line.substring(0, columns - 2) : line.substring(0, end);
    return kept.replaceAll("[ ,]+$", "") + " \u2026";
  }
}
