package io.medallion.cli;

import io.medallion.cli.lake.LakeQuestions;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.dashboard.Dashboard;
import io.medallion.lakehouse.session.LakeSession;
import org.apache.spark.sql.SparkSession;
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
  private SparkSession session;

  DashboardCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "dashboard");
    try (StopSignal stop = StopSignal.listen();
        LakeQuestions lake = new LakeQuestions(configuration, () -> spark(configuration));
        Dashboard dashboard = Dashboard.start(configuration, lake)) {
      print("The live page is at %s; Ctrl-C stops it.".formatted(dashboard.url()));
      stop.await();
    } finally {
      if (session != null) {
        session.stop();
      }
    }
    return ExitCode.OK;
  }

  /** Started by the first who asks where a number comes from. */
  private SparkSession spark(Configuration configuration) {
    session = LakeSession.reader("medallion-dashboard", configuration);
    return session;
  }
}
