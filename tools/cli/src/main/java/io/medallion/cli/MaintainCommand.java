package io.medallion.cli;

import io.medallion.cli.show.MaintenanceText;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import java.io.IOException;
import java.time.Clock;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keeps the tables small. */
@Command(
    name = "maintain",
    sortOptions = false,
    description = {
      "Makes few files of many small ones, and removes what neither the seven days of time travel",
      "nor any reader needs: versions of the log, and files that no version kept reads. The layers",
      "may run meanwhile (on s3a and hdfs bronze and silver must be stopped); a reader that lags",
      "keeps what it has not read."
    },
    footer = {"", "Example:", "  medallion maintain --dry-run --lake.path=/data/lake"})
final class MaintainCommand extends MedallionCommand {
  @Option(names = "--dry-run", description = "Says what it would do, and why not more.")
  private boolean dryRun;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  MaintainCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(surroundings().data(), "maintain");
    try (SparkSession session = LakeSession.create("medallion-maintain", configuration)) {
      Maintenance maintenance =
          new Maintenance(Lake.look(session, configuration), configuration, Clock.systemUTC());
      MaintenanceReport report = dryRun ? maintenance.plan() : maintenance.run();
      if (json) {
        print(QuarantineCommand.JSON.writeValueAsString(report));
      } else {
        MaintenanceText.lines(report).forEach(this::print);
      }
      return ExitCode.OK;
    }
  }
}
