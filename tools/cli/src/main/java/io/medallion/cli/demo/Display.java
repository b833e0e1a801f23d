package io.medallion.cli.demo;

import io.medallion.cli.show.Window;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Shows frames: in place for a person, as a line every few seconds in a pipe. */
final class Display {
  private static final Duration PIPED_EVERY = Duration.ofSeconds(5);

  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  private final PrintWriter out;
  private final boolean terminal;
  private final Supplier<Window> window;
  private final List<String> said = new ArrayList<>();
  private Window before;
  private int shown;
  private boolean numbersShown;
  private boolean hinted;
  private Duration nextLine = Duration.ZERO;

  Display(PrintWriter out, boolean terminal) {
    this(out, terminal, Window::now);
  }

  /**
   * @param window asked for before each frame, for people change it
   */
  Display(PrintWriter out, boolean terminal, Supplier<Window> window) {
    this.out = out;
    this.terminal = terminal;
    this.window = window;
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

  /** Shows a line until something else is shown or said; nothing in a pipe. */
  void hint(String line) {
    if (terminal) {
      out.print("\r" + window.get().fitted(line) + CLEAR_LINE);
      out.flush();
      hinted = true;
    }
  }

  /** Writes a line that stays; the next frame comes below it. */
  void say(String line) {
    if (hinted) {
      out.print("\r" + CLEAR_LINE);
      hinted = false;
    }
    out.println(line);
    out.flush();
    said.add(line);
    shown = 0;
  }

  private void redraw(List<String> lines) {
    Window now = window.get();
    StringBuilder text = new StringBuilder();
    if (before != null && !before.equals(now)) {
      // The terminal has broken lines anew, nobody knows where: begin with an empty screen.
      text.append(CLEAR_SCREEN);
      said.forEach(line -> text.append(now.fitted(line)).append('\n'));
    } else if (shown > 0) {
      text.append("\u001b[").append(shown).append('A');
    }
    before = now;
    text.append('\r');
    // What does not fit would scroll, and could not be overwritten any more.
    List<String> visible = lines.subList(0, Math.min(lines.size(), Math.max(1, now.rows() - 1)));
    for (String line : visible) {
      text.append(now.fitted(line)).append(CLEAR_LINE).append('\n');
    }
    text.append(CLEAR_BELOW);
    out.print(text);
    out.flush();
    shown = visible.size();
  }
}
