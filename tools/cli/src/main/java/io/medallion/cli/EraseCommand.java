package io.medallion.cli;

import io.medallion.cli.show.EraseText;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.Backfill;
import io.medallion.operations.Erase;
import io.medallion.silver.replay.Erasure;
import io.medallion.silver.replay.PersonIds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes persons out of the lake and of gold. */
@Command(
    name = "erase",
    sortOptions = false,
    description =
        "Erases persons: their events, refused records and raw bytes, in every table, with all ids that "
            + "are linked to them. Says what there is; --apply does it, next to the running layers, and gold "
            + "follows by itself. Whatever comes again of them is kept out; --apply without ids takes its "
            + "bytes from bronze. Old versions hold it until maintain removes them: erase status.",
    footer = {
      "",
      "Example:",
      "  medallion erase --user u42                # a plan",
      "  medallion erase --file ids.txt --apply",
      "  medallion erase --user u42 --keep-totals --apply",
      "  medallion erase status"
    })
final class EraseCommand extends MedallionCommand {
  private static final String NAME = "erase";

  @Spec private CommandSpec spec;

  @Option(
      names = "--user",
      paramLabel = "ID",
      description = "A user id; may be given several times.")
  private List<String> users = List.of();

  @Option(
      names = "--anonymous",
      paramLabel = "ID",
      description = "An anonymous id; one that is a user's stands for the user.")
  private List<String> anonymous = List.of();

  @Option(
      names = "--file",
      paramLabel = "IDS",
      description = "A file with a user id on each line, or 'anonymous' and an anonymous id.")
  private Path file;

  @Option(
      names = "--keep-totals",
      description =
          "Numbers stay as they are: events that count become somebody unknown's, under random ids, and "
              + "lose what leads to the person.")
  private boolean keepTotals;

  @Mixin private ApplyOption apply;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "10m",
      description = "With --apply: how long to wait for gold (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  EraseCommand(CommandContext context) {
    super(context);
  }

  @Override
  public CommandLine commandLine() {
    CommandLine line = super.commandLine();
    CommandLine status = new LeftCommand(context()).commandLine();
    line.addSubcommand(status.getCommandName(), status);
    return line;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean nobody = users.isEmpty() && anonymous.isEmpty() && file == null;
    if (nobody && !apply.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "Missing one of: --user, --anonymous, --file");
    }
    if (nobody && keepTotals) {
      throw new ParameterException(
          spec.commandLine(),
          "--keep-totals needs one of: --user, --anonymous, --file; what comes again of erased"
              + " persons counts nowhere");
    }
    Configuration configuration = settings().read();
    LogFile.open(context().data(), NAME);
    try (SparkSession session = LakeSession.create("medallion-erase", configuration)) {
      Erase erase = Erase.of(Lake.look(session, configuration), configuration);
      PersonIds asked = erase.persons(users, anonymous, file);
      return apply.isGiven() ? apply(erase, asked) : plan(erase, asked);
    }
  }

  private int plan(Erase erase, PersonIds asked) throws IOException {
    Erase.Plan plan = erase.plan(asked, totals());
    if (json) {
      print(Json.MAPPER.writeValueAsString(plan));
    } else {
      EraseText.lines(plan).forEach(this::print);
      print(ApplyOption.PLAN_ONLY);
    }
    return ApplyOption.PLANNED;
  }

  private Erasure.Totals totals() {
    return keepTotals ? Erasure.Totals.KEPT : Erasure.Totals.WITHOUT;
  }

  private int apply(Erase erase, PersonIds asked) throws IOException, InterruptedException {
    Erase.Receipt receipt = erase.apply(asked, totals());
    if (!json) {
      EraseText.lines(receipt).forEach(this::print);
    }
    Backfill.Gold gold = erase.awaitGold(receipt, wait);
    if (json) {
      print(Json.MAPPER.writeValueAsString(new Applied(receipt, gold)));
    } else {
      print(ReplayRun.words(gold));
    }
    return gold == Backfill.Gold.LATE ? ExitCode.FAILURE : ExitCode.OK;
  }

  /** What {@code --apply} prints as JSON. */
  private record Applied(Erase.Receipt receipt, Backfill.Gold gold) {}

  @Command(
      name = "status",
      sortOptions = false,
      description =
          "Lists every erasure: when it was done, how many files of old versions may still hold what "
              + "was erased, and how many records came again. Exits with 0 once nothing is left.",
      footer = {"", "Example:", "  medallion erase status --json"})
  private static final class LeftCommand extends SessionCommand {
    LeftCommand(CommandContext context) {
      super(context, NAME + "-status");
    }

    @Override
    int run(SparkSession session, Configuration configuration) throws IOException {
      List<Erase.Status> all = Erase.of(Lake.look(session, configuration), configuration).status();
      for (Erase.Status status : all) {
        if (json()) {
          printJson(status);
        }
      }
      if (!json()) {
        EraseText.lines(all).forEach(this::print);
      }
      return all.stream().allMatch(Erase.Status::isOver) ? ExitCode.OK : ExitCode.FAILURE;
    }
  }
}
