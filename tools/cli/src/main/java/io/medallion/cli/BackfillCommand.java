package io.medallion.cli;

import static io.medallion.cli.QuarantineCommand.JSON;

import io.medallion.cli.show.ReplayText;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.BackfillPlan;
import io.medallion.silver.ReplayReport;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.OptionalLong;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Derives days of history anew from bronze. */
@Command(
    name = "backfill",
    sortOptions = false,
    description = {
      "Derives silver and quarantine of some event days anew from bronze, by today's rules, code",
      "and GeoIP database. Says what would change, in gold's numbers too; writes it with --publish.",
      "The layers may run meanwhile (on s3a and hdfs silver must be stopped), and gold follows by",
      "itself."
    },
    footer = {"", "Example:", "  medallion backfill --from 2026-03-01 --to 2026-03-02 --publish"})
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

  @Option(names = "--publish", description = "Writes what changes, and waits for gold.")
  private boolean publish;

  @Option(
      names = "--bronze-version",
      paramLabel = "N",
      description = "Plans over bronze as of this version.")
  private Long bronzeVersion;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "How long to wait for gold (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  BackfillCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    if (to.isBefore(from)) {
      throw wrong("--to lies before --from");
    }
    if (publish && bronzeVersion != null) {
      throw wrong("--bronze-version is for plans; --publish takes all of bronze");
    }
    Configuration configuration = settings().read();
    LogFile.open(surroundings().data(), "backfill");
    try (SparkSession session = LakeSession.create("medallion-backfill", configuration)) {
      Backfill backfill = Backfill.of(Lake.look(session, configuration), configuration);
      return publish ? publish(backfill) : plan(backfill);
    }
  }

  @SuppressWarnings("try") // The progress shows itself.
  private int plan(Backfill backfill) throws IOException {
    OptionalLong version =
        bronzeVersion == null ? OptionalLong.empty() : OptionalLong.of(bronzeVersion);
    BackfillPlan plan;
    try (BackfillProgress shown = new BackfillProgress(surroundings(), backfill::progress)) {
      plan = backfill.plan(from, to, version);
    }
    if (json) {
      print(JSON.writeValueAsString(plan));
    } else {
      ReplayText.lines(plan).forEach(this::print);
    }
    return ExitCode.OK;
  }

  @SuppressWarnings("try") // The progress shows itself.
  private int publish(Backfill backfill) throws IOException, InterruptedException {
    ReplayReport report;
    try (BackfillProgress shown = new BackfillProgress(surroundings(), backfill::progress)) {
      report = backfill.publish(from, to);
    }
    if (!json) {
      ReplayText.lines(report).forEach(this::print);
    }
    Backfill.Gold gold = backfill.awaitGold(report, wait);
    if (json) {
      print(JSON.writeValueAsString(new Published(report, gold)));
    } else {
      print(
          switch (gold) {
            case HAS_IT -> "gold has merged it";
            case NOT_RUNNING -> "gold does not run: it takes this in when it is started";
            case NOT_CONFIGURED -> "postgres.url is not set, so gold was not waited for";
            case LATE -> "gold has not merged it yet; `medallion status` shows where it stands";
          });
    }
    return gold == Backfill.Gold.LATE ? ExitCode.FAILURE : ExitCode.OK;
  }

  /** What a publish prints as JSON. */
  private record Published(ReplayReport silver, Backfill.Gold gold) {}

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
