package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import java.io.IOException;
import java.time.LocalDate;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Derives days of history again from bronze. */
@Command(
    name = "backfill",
    sortOptions = false,
    description =
        "Derives silver and quarantine of some event days anew from bronze, by today's rules,"
            + " code and GeoIP database. Says what would change, in gold's numbers too; --apply"
            + " writes it. The layers may run meanwhile (on s3a and hdfs silver must be stopped),"
            + " and gold follows by itself.",
    footer = {
      "",
      "Example:",
      "  medallion backfill --from 2026-03-01 --to 2026-03-02           # a plan",
      "  medallion backfill --from 2026-03-01 --to 2026-03-02 --apply"
    })
final class BackfillCommand extends MedallionCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DATE",
      description = "The first event day (UTC).")
  private LocalDate from;

  @Option(names = "--to", required = true, paramLabel = "DATE", description = "The last event day.")
  private LocalDate to;

  @Mixin private ReplayRun run;

  @Option(
      names = "--bronze-version",
      paramLabel = "N",
      description = "Plans over bronze as of this version.")
  private Long bronzeVersion;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  BackfillCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (to.isBefore(from)) {
      throw wrong("--to lies before --from");
    }
    if (run.applies() && bronzeVersion != null) {
      throw wrong("--bronze-version is for plans; --apply takes all of bronze");
    }
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "backfill");
    try (SparkSession session = LakeSession.create("medallion-backfill", configuration)) {
      Backfill backfill = Backfill.of(Lake.look(session, configuration), configuration);
      ReplayRun.Output output = json ? ReplayRun.Output.JSON : ReplayRun.Output.TEXT;
      return run.applies()
          ? run.apply(this, backfill, () -> backfill.apply(from, to), output)
          : run.plan(this, backfill, () -> backfill.plan(from, to, bronzeVersion()), output);
    }
  }

  private OptionalLong bronzeVersion() {
    return bronzeVersion == null ? OptionalLong.empty() : OptionalLong.of(bronzeVersion);
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
