package io.medallion.cli.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Shows frames: in place for a person, as a line every few seconds in a pipe. */
final class Display {
  private static final Duration PIPED_EVERY = Duration.ofSeconds(5);

  /** Lines that a terminal would wrap could not be overwritten any more. */
  private static final int COLUMNS = Integer.getInteger("medallion.columns", 80);

  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintWriter out;
  private final boolean terminal;
  private int shown;
  private boolean numbersShown;
  private Duration nextLine = Duration.ZERO;

  Display(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether it is time to show another frame. The first numbers are shown as soon as they come. */
  boolean isDue(Duration running) {
    return terminal || !numbersShown || running.compareTo(nextLine) >= 0;
  }

  /** Shows a frame, in place of the one before where a person looks on. */
  void show(Frame frame) {
    boolean firstNumbers = frame.numbers().isPresent() && !numbersShown;
    if (terminal) {
      redraw(FrameText.screen(frame));
    } else if (firstNumbers || frame.running().compareTo(nextLine) >= 0) {
      nextLine = frame.running().plus(PIPED_EVERY);
      say(FrameText.line(frame));
    }
    numbersShown |= firstNumbers;
  }

  /** Writes a line that stays; the next frame comes below it. */
  void say(String line) {
    out.println(line);
    out.flush();
    shown = 0;
  }

  private void redraw(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (shown > 0) {
      text.append("\u001b[").append(shown).append('A');
    }
    text.append('\r');
    for (String line : lines) {
      text.append(line.length() < COLUMNS ? line : line.substring(0, COLUMNS - 1))
          .append(CLEAR_LINE)
          .append('\n');
    }
    text.append(CLEAR_BELOW);
    out.print(text);
    out.flush();
    shown = lines.size();
  }
}
