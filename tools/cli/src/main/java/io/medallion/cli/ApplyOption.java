package io.medallion.cli;

import io.medallion.common.error.ExitCode;
import picocli.CommandLine.Option;

/** The option of every command that changes things: without it the command only plans. */
final class ApplyOption {
  /** The line behind a plan. */
  static final String PLAN_ONLY = "this is a plan, nothing was changed; --apply does it";

  /** A plan that finds something to change has found nothing wrong. */
  static final int PLANNED = ExitCode.OK;

  @Option(
      names = "--apply",
      description =
          "Does it. Without this option the command only says what it would do, changes nothing"
              + " and exits with 0.")
  private boolean apply;

  /** Whether to do it. */
  boolean isGiven() {
    return apply;
  }
}
