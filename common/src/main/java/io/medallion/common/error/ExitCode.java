package io.medallion.common.error;

/** The exit codes of every command. */
public final class ExitCode {
  /** Done, nothing to complain about. */
  public static final int OK = 0;

  /** The command found something wrong, or a job had to stop. */
  public static final int FAILURE = 1;

  /** Wrong usage, configuration or surroundings: nothing was done. */
  public static final int USAGE = 2;

  private ExitCode() {}
}
