package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.Bytes;
import io.medallion.operations.Quarantine;
import io.medallion.operations.Quarantine.Count;
import io.medallion.operations.Quarantine.Refused;
import io.medallion.operations.Quarantine.Selection;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What silver refused. */
@Command(
    name = "quarantine",
    description = "Shows what silver refused, and judges it again.",
    footer = {
      "",
      "Example:",
      "  medallion quarantine list --reason TIMESTAMP_AHEAD",
      "  medallion quarantine show clickstream_events/0/4711",
      "  medallion quarantine replay",
      "  medallion quarantine replay --apply"
    })
final class QuarantineCommand extends CommandGroup {
  private static final String NAME = "quarantine";

  QuarantineCommand(CommandContext context) {
    super(
        context,
        List.of(new ListCommand(context), new ShowCommand(context), new ReplayCommand(context)));
  }

  /** Which records are meant. */
  private static final class Selecting {
    @Option(names = "--from", paramLabel = "DATE", description = "The first day of ingestion.")
    private LocalDate from;

    @Option(names = "--to", paramLabel = "DATE", description = "The last day of ingestion.")
    private LocalDate to;

    @Option(
        names = "--reason",
        paramLabel = "CODE",
        description = "Only records with this reason, such as TIMESTAMP_AHEAD.")
    private String reason;

    Selection selection() {
      return new Selection(
          Optional.ofNullable(from), Optional.ofNullable(to), Optional.ofNullable(reason));
    }
  }

  @Command(
      name = "list",
      sortOptions = false,
      description = "Counts by day of ingestion, reason and field, each with a sample.",
      footer = {"", "Example:", "  medallion quarantine list --from 2026-03-01 --json"})
  private static final class ListCommand extends LookCommand {
    private static final int SAMPLE = 60;

    @CommandLine.Mixin private Selecting selecting;

    ListCommand(CommandContext context) {
      super(context, NAME);
    }

    @Override
    int run(Configuration configuration) throws IOException {
      List<Count> counts =
          Quarantine.of(LakeFolder.look(configuration)).counts(selecting.selection());
      if (json()) {
        for (Count count : counts) {
          printJson(count);
        }
        return ExitCode.OK;
      }
      Columns table = new Columns("day", "reason", "field", ">records", "first at", "sample");
      for (Count count : counts) {
        table.add(
            count.day(),
            count.code(),
            count.field(),
            count.records(),
            count.position(),
            count.sample() == null || count.sample().length() <= SAMPLE
                ? count.sample()
                : count.sample().substring(0, SAMPLE) + "...");
      }
      print(table);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "show",
      sortOptions = false,
      description = "Shows one record: its bytes, where it came from, all that is wrong with it.",
      footer = {"", "Example:", "  medallion quarantine show clickstream_events/0/4711"})
  private static final class ShowCommand extends LookCommand {
    @Parameters(paramLabel = "TOPIC/PARTITION/OFFSET", description = "The record's position.")
    private String position;

    ShowCommand(CommandContext context) {
      super(context, NAME);
    }

    @Override
    int run(Configuration configuration) throws IOException {
      List<Refused> found = Quarantine.of(LakeFolder.look(configuration)).show(position);
      for (Refused refused : found) {
        if (json()) {
          printJson(refused);
        } else {
          show(refused);
        }
      }
      if (found.isEmpty()) {
        context().err().println("nothing in quarantine came from " + position);
        context().err().flush();
        return ExitCode.FAILURE;
      }
      return ExitCode.OK;
    }

    private void show(Refused refused) {
      print(
          "position        %s (source epoch %d)"
              .formatted(refused.position(), refused.sourceEpoch()));
      print("bronze commit   " + refused.seq());
      print("Kafka time      " + (refused.kafkaTime() == null ? "none" : refused.kafkaTime()));
      print("ingested at     " + refused.ingestedAt());
      print(
          "quarantined at  %s by rules version %d"
              .formatted(refused.quarantinedAt(), refused.rulesVersion()));
      refused
          .reasons()
          .forEach(
              r ->
                  print(
                      "reason          %s%s: %s"
                          .formatted(
                              r.code(),
                              r.field() == null ? "" : " (" + r.field() + ")",
                              r.message())));
      bytes("key", refused.key());
      bytes("value", refused.value());
    }

    private void bytes(String name, Bytes bytes) {
      if (bytes == null) {
        print("%-16snone".formatted(name));
        return;
      }
      print("%-16s%d bytes%s".formatted(name, bytes.length(), bytes.isText() ? "" : ", not UTF-8"));
      print(bytes.text());
      if (!bytes.isText()) {
        print(bytes.hex());
      }
    }
  }

  @Command(
      name = "replay",
      sortOptions = false,
      description =
          "Judges refused records by today's rules, and replays the event days of those that"
              + " pass, as backfill does: they become events or duplicates, and gold follows by"
              + " itself. Says what would become of the records, by reason, and of gold's numbers;"
              + " --apply does it. The layers may run meanwhile (on s3a and hdfs silver must be"
              + " stopped); doing it twice changes nothing.",
      footer = {
        "",
        "Example:",
        "  medallion quarantine replay --reason STRING_TOO_LONG           # a plan",
        "  medallion quarantine replay --reason STRING_TOO_LONG --apply"
      })
  private static final class ReplayCommand extends SessionCommand {
    @CommandLine.Mixin private Selecting selecting;

    @CommandLine.Mixin private ReplayRun run;

    ReplayCommand(CommandContext context) {
      super(context, NAME);
    }

    @Override
    SparkSession session(String application, Configuration configuration) {
      return LakeSession.create(application, configuration);
    }

    @Override
    int run(SparkSession session, Configuration configuration)
        throws IOException, InterruptedException {
      Backfill backfill = Backfill.of(Lake.look(session, configuration), configuration);
      Selection selection = selecting.selection();
      ReplayRun.Output output = json() ? ReplayRun.Output.JSON : ReplayRun.Output.TEXT;
      return run.applies()
          ? run.apply(this, backfill, () -> backfill.applyQuarantine(selection), output)
          : run.plan(this, backfill, () -> backfill.planQuarantine(selection), output);
    }
  }
}
