package io.medallion.cli;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import java.io.PrintWriter;

/**
 * Ctrl-C and SIGTERM for a command that knows nothing of them: one error says so, in place of
 * whatever Spark's end makes of the work under way. Whoever ends in order {@link #entrust}s.
 */
final class CutOff implements AutoCloseable {
  private static volatile CutOff current;

  private final String command;
  private final PrintWriter err;

  // Not one of Hadoop's hooks: they log, and the log has no file before a command has named it.
  private final Thread hook = new Thread(this::tell, "cut-off");

  private CutOff(String command, PrintWriter err) {
    this.command = command;
    this.err = err;
  }

  /** Watches over a command until this is closed. */
  static CutOff watch(String command, PrintWriter err) {
    CutOff watch = new CutOff(command, err);
    Runtime.getRuntime().addShutdownHook(watch.hook);
    current = watch;
    return watch;
  }

  /** The command listens to signals itself from now on. */
  static void entrust() {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Whether the command is being cut off, and that is said; what fails now is no news. */
  static boolean happens() {
    return current != null && processEnds();
  }

  private static boolean processEnds() {
    Thread probe = new Thread(() -> {}, "probe");
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private void tell() {
    err.println(
        new MedallionException(
                ErrorCode.COMMAND_STOPPED,
                "`%s` was stopped before its end".formatted(command),
                "The process was asked to end, by Ctrl-C or SIGTERM.",
                "Run it again: a change is made whole or not at all, and what is missing is made"
                    + " then.")
            .explain());
    err.flush();
  }

  @Override
  public void close() {
    if (!processEnds()) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
