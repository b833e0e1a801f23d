package io.medallion.cli;

import io.medallion.cli.show.Json;
import io.medallion.cli.show.ReplayText;
import io.medallion.common.error.ExitCode;
import io.medallion.operations.Backfill;
import io.medallion.operations.BackfillPlan;
import io.medallion.silver.replay.ReplayReport;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the commands that replay bronze have in common: plan or apply, progress, and the outcome.
 */
final class ReplayRun {
  @Mixin private ApplyOption apply;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "With --apply: how long to wait for gold (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  /** Whether what changes is to be written. */
  boolean applies() {
    return apply.isGiven();
  }

  /** Plans, and prints the plan; the exit code. */
  @SuppressWarnings("try") // The progress shows itself.
  int plan(MedallionCommand command, Backfill backfill, Supplier<BackfillPlan> plan, Output output)
      throws IOException {
    BackfillPlan planned;
    try (BackfillProgress shown = new BackfillProgress(command.context(), backfill::progress)) {
      planned = plan.get();
    }
    if (output == Output.JSON) {
      command.print(Json.MAPPER.writeValueAsString(planned));
    } else {
      ReplayText.lines(planned).forEach(command::print);
      command.print(ApplyOption.PLAN_ONLY);
    }
    return ApplyOption.PLANNED;
  }

  /** Applies, waits for gold, and prints what was done; the exit code. */
  @SuppressWarnings("try") // The progress shows itself.
  int apply(
      MedallionCommand command, Backfill backfill, Supplier<ReplayReport> replay, Output output)
      throws IOException, InterruptedException {
    ReplayReport report;
    try (BackfillProgress shown = new BackfillProgress(command.context(), backfill::progress)) {
      report = replay.get();
    }
    if (output == Output.TEXT) {
      ReplayText.lines(report).forEach(command::print);
    }
    Backfill.Gold gold = backfill.awaitGold(report, wait);
    if (output == Output.JSON) {
      command.print(Json.MAPPER.writeValueAsString(new Applied(report, gold)));
    } else {
      command.print(words(gold));
    }
    return gold == Backfill.Gold.LATE ? ExitCode.FAILURE : ExitCode.OK;
  }

  /** How far gold is. */
  static String words(Backfill.Gold gold) {
    return switch (gold) {
      case HAS_IT -> "gold has merged it";
      case NOT_RUNNING -> "gold does not run: it takes this in when it is started";
      case NOT_CONFIGURED -> "postgres.url is not set, so gold was not waited for";
      case LATE -> "gold has not merged it yet; `medallion status` shows how far it is";
    };
  }

  /** How results are printed. */
  enum Output {
    TEXT,
    JSON
  }

  /** What {@code --apply} prints as JSON. */
  private record Applied(ReplayReport silver, Backfill.Gold gold) {}
}
