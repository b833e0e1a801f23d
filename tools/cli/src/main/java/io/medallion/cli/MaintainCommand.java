package io.medallion.cli;

import io.medallion.cli.show.Json;
import io.medallion.cli.show.MaintenanceText;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Maintenance;
import io.medallion.operations.MaintenanceReport;
import java.io.IOException;
import java.time.Clock;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps the tables small. */
@Command(
    name = "maintain",
    sortOptions = false,
    description =
        "Makes few files of many small ones, and removes what neither the seven days of time"
            + " travel nor any reader needs: versions of the log, and files that no version kept"
            + " reads. The layers may run meanwhile (on s3a and hdfs bronze and silver must be"
            + " stopped); a reader that lags keeps what it has not read.",
    footer = {
      "",
      "Example:",
      "  medallion maintain --lake.path=/data/lake           # a plan",
      "  medallion maintain --lake.path=/data/lake --apply"
    })
final class MaintainCommand extends MedallionCommand {
  @Mixin private ApplyOption apply;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  MaintainCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "maintain");
    try (SparkSession session = LakeSession.create("medallion-maintain", configuration)) {
      Maintenance maintenance =
          new Maintenance(Lake.look(session, configuration), configuration, Clock.systemUTC());
      MaintenanceReport report = apply.isGiven() ? maintenance.apply() : maintenance.plan();
      if (json) {
        print(Json.MAPPER.writeValueAsString(report));
      } else {
        MaintenanceText.lines(report).forEach(this::print);
        if (!apply.isGiven()) {
          print(ApplyOption.PLAN_ONLY);
        }
      }
      return apply.isGiven() ? ExitCode.OK : ApplyOption.PLANNED;
    }
  }
}
