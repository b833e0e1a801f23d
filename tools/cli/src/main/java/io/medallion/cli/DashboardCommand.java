package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.dashboard.Dashboard;
import picocli.CommandLine.Command;

/** Serves the live page. */
@Command(
    name = "dashboard",
    sortOptions = false,
    description =
        "Serves the live page over gold's database until Ctrl-C: numbers, and the health of"
            + " the flow; and the read API for programs (/api/openapi.json). Reads as the reader"
            + " role. Gold may run or stand, and Postgres may be away for a time.",
    footer = {"", "Example:", "  medallion dashboard --dashboard.port=8090"})
final class DashboardCommand extends MedallionCommand {
  DashboardCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "dashboard");
    try (StopSignal stop = StopSignal.listen();
        Dashboard dashboard = Dashboard.start(configuration)) {
      print("The live page is at %s; Ctrl-C stops it.".formatted(dashboard.url()));
      stop.await();
    }
    return ExitCode.OK;
  }
}
