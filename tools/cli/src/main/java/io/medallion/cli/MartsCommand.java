package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.RefusalText;
import io.medallion.cli.show.StatusTable;
import io.medallion.cli.show.Text;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.gold.define.MartDescription;
import io.medallion.gold.mart.MartRefusal;
import io.medallion.lakehouse.Lake;
import io.medallion.operations.marts.MartCheck;
import io.medallion.operations.marts.MartDrop;
import io.medallion.operations.marts.MartInventory;
import io.medallion.operations.marts.MartInventory.Change;
import io.medallion.operations.marts.MartInventory.Difference;
import io.medallion.operations.marts.MartInventory.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The marts that files declare. */
@Command(
    name = "marts",
    description = "Shows the marts that files declare, tries a file, and drops what has none.",
    footer = {
      "",
      "Example:",
      "  medallion marts list",
      "  medallion marts check marts/searches.sql",
      "  medallion marts diff --gold.marts=marts",
      "  medallion marts drop searches --apply"
    })
final class MartsCommand extends CommandGroup {
  MartsCommand(CommandContext context) {
    super(
        context,
        List.of(
            new ListCommand(context),
            new CheckCommand(context),
            new DifferencesCommand(context),
            new DropCommand(context)));
  }

  /** What the four have in common. */
  private abstract static class OverMarts extends SessionCommand {
    OverMarts(CommandContext context) {
      super(context, "marts");
    }

    @Override
    int run(SparkSession session, Configuration configuration) throws IOException {
      return run(Lake.look(session, configuration), configuration);
    }

    abstract int run(Lake lake, Configuration configuration) throws IOException;

    final void show(MartRefusal refused) {
      RefusalText.lines(refused).forEach(this::print);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Command(
      name = "list",
      sortOptions = false,
      description =
          "Lists every mart and view: where it is declared, its state (kept, filling, waiting"
              + " for gold's next start, refused, failed over an event, gone, off), rows, size on"
              + " disk, and the version of silver up to which its rows are. Exits with 1 if one is"
              + " refused or has failed.",
      footer = {"", "Example:", "  medallion marts list --json"})
  private static final class ListCommand extends OverMarts {
    ListCommand(CommandContext context) {
      super(context);
    }

    @Override
    int run(Lake lake, Configuration configuration) throws IOException {
      List<Entry> entries = MartInventory.read(lake, configuration).entries();
      if (json()) {
        for (Entry entry : entries) {
          printJson(entry);
        }
      } else {
        show(entries);
      }
      return entries.stream().anyMatch(entry -> entry.refused() != null)
          ? ExitCode.FAILURE
          : ExitCode.OK;
    }

    private void show(List<Entry> entries) {
      Columns table =
          new Columns("mart", "kind", "state", ">rows", ">size", ">silver version", "declared in");
      for (Entry entry : entries) {
        table.add(
            entry.name(),
            word(entry.kind()),
            word(entry.state()),
            entry.rows() == null ? null : StatusTable.count(entry.rows()),
            entry.bytes() == null ? null : Text.mebibytes(entry.bytes()),
            entry.silverVersion(),
            entry.file());
      }
      print(table);
      entries.stream().filter(e -> e.refused() != null).forEach(e -> show(e.refused()));
    }
  }

  @Command(
      name = "check",
      sortOptions = false,
      description =
          "Says what a file becomes: its keys, its measures and how each merges, its tables;"
              + " or why it cannot be kept, where, and what to write instead (exit 1). Shows its"
              + " first rows over the newest hour of silver. Nothing is written anywhere, and gold"
              + " need not run.",
      footer = {"", "Example:", "  medallion marts check marts/searches.sql"})
  private static final class CheckCommand extends OverMarts {
    @Parameters(paramLabel = "FILE", description = "The file, NAME.sql.")
    private Path file;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "10",
        description = "Shows so many rows (default: ${DEFAULT-VALUE}).")
    private int limit;

    CheckCommand(CommandContext context) {
      super(context);
    }

    @Override
    int run(Lake lake, Configuration configuration) throws IOException {
      MartCheck check = MartCheck.of(lake, configuration, file, Math.max(0, limit));
      if (json()) {
        printJson(check);
      } else if (check.refused() != null) {
        show(check.refused());
      } else {
        show(check);
      }
      return check.refused() == null ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void show(MartCheck check) {
      MartDescription what = check.what();
      print("gold." + check.name() + (what.comment().isEmpty() ? "" : ": " + what.comment()));
      print("  time    " + what.time());
      print(
          "  events  "
              + (what.everything()
                  ? "all of silver"
                  : "as gold.include-bots and gold.allowed-lateness say"));
      print(
          "  rows    " + (what.pruned() ? "kept as long as gold.retention says" : "kept for ever"));
      what.tables().stream().skip(1).forEach(set -> print("  sets    gold." + set));
      print("");
      Columns columns = new Columns("column", "type", "role", "made or merged by");
      what.columns().forEach(c -> columns.add(c.name(), c.type(), c.role(), c.how()));
      print(columns);
      print("");
      if (check.from() == null) {
        print("silver holds no events yet");
        return;
      }
      print("over silver's events after %s, up to %s".formatted(check.from(), check.to()));
      Columns rows = new Columns(check.columns().toArray(String[]::new));
      check.rows().forEach(row -> rows.add(row.toArray()));
      print(rows);
      if (check.more()) {
        print("(and more; --limit for more)");
      }
    }
  }

  @Command(
      name = "diff",
      sortOptions = false,
      description =
          "Compares the files with what Postgres has: which are new, changed, the same but"
              + " for comments, gone or refused, and what gold does about each at its next start."
              + " Exits with 1 if one is refused.",
      footer = {"", "Example:", "  medallion marts diff --gold.marts=/etc/medallion/marts"})
  private static final class DifferencesCommand extends OverMarts {
    DifferencesCommand(CommandContext context) {
      super(context);
    }

    @Override
    int run(Lake lake, Configuration configuration) throws IOException {
      MartInventory inventory = MartInventory.read(lake, configuration);
      List<Difference> differences = inventory.differences();
      if (json()) {
        for (Difference difference : differences) {
          printJson(difference);
        }
      } else {
        Columns table = new Columns("mart", "file", "differs", "gold's next start");
        differences.forEach(d -> table.add(d.name(), d.file(), word(d.change()), d.then()));
        print(table);
        inventory.entries().stream()
            .filter(e -> e.refused() != null)
            .forEach(e -> show(e.refused()));
      }
      return differences.stream().anyMatch(d -> d.change() == Change.REFUSED)
          ? ExitCode.FAILURE
          : ExitCode.OK;
    }
  }

  @Command(
      name = "drop",
      sortOptions = false,
      description =
          "Drops the tables of a mart, or a view, whose file is gone: rows, what is staged,"
              + " and what gold knows of it. A mart that is shipped, and one whose file is still"
              + " there, stay. Without --apply it only says what would go.",
      footer = {
        "",
        "Example:",
        "  medallion marts drop searches           # a plan",
        "  medallion marts drop searches --apply"
      })
  private static final class DropCommand extends OverMarts {
    @Parameters(paramLabel = "NAME", description = "The table's or view's name.")
    private String name;

    @CommandLine.Mixin private ApplyOption apply;

    DropCommand(CommandContext context) {
      super(context);
    }

    @Override
    int run(Lake lake, Configuration configuration) throws IOException {
      Entry entry =
          apply.isGiven()
              ? MartDrop.apply(lake, configuration, name)
              : MartDrop.plan(lake, configuration, name);
      if (json()) {
        printJson(entry);
        return ExitCode.OK;
      }
      print(
          "%s gold.%s%s"
              .formatted(
                  apply.isGiven() ? "dropped" : "would drop",
                  name,
                  entry.rows() == null
                      ? ""
                      : " with %,d rows, %s on disk"
                          .formatted(entry.rows(), Text.mebibytes(entry.bytes()))));
      if (!apply.isGiven()) {
        print(ApplyOption.PLAN_ONLY);
        return ApplyOption.PLANNED;
      }
      return ExitCode.OK;
    }
  }
}
