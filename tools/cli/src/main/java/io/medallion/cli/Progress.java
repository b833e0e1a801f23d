package io.medallion.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** One line of progress: kept in place for a person, written every few seconds into a pipe. */
public final class Progress implements AutoCloseable {
  private static final Duration PIPED_EVERY = Duration.ofSeconds(5);
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private Instant written = Instant.now();
  private boolean open;

  /** For whoever looks at the error stream. */
  public Progress(CommandContext context) {
    this.out = context.err();
    this.terminal = context.terminal();
  }

  /** Shows this line instead of the one before. */
  public synchronized void show(String line) {
    if (terminal) {
      out.print(CLEAR_LINE + line);
      out.flush();
      open = true;
    } else if (Duration.between(written, Instant.now()).compareTo(PIPED_EVERY) >= 0) {
      written = Instant.now();
      out.println(line);
    }
  }

  /** Leaves a clean line behind. */
  @Override
  public synchronized void close() {
    if (open) {
      out.print(CLEAR_LINE);
      out.flush();
    }
    open = false;
  }
}
