package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.operations.query.TableHistory;
import io.medallion.operations.query.TableHistory.Entry;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What each version of a table did. */
@Command(
    name = "history",
    sortOptions = false,
    description =
        "Shows a table's versions, the newest first: when, by whom, rows and files, and the"
            + " position in its source that the version reached.",
    footer = {"", "Example:", "  medallion history silver --limit 5"})
final class HistoryCommand extends LookCommand {
  @Parameters(paramLabel = "TABLE", description = "One of bronze, silver, quarantine.")
  private String table;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "So many versions (default: ${DEFAULT-VALUE}).")
  private int limit;

  HistoryCommand(CommandContext context) {
    super(context, "history");
  }

  @Override
  int run(Configuration configuration) throws IOException {
    List<Entry> entries = TableHistory.of(LakeFolder.look(configuration), table).newest(limit);
    if (json()) {
      for (Entry entry : entries) {
        printJson(entry);
      }
      return ExitCode.OK;
    }
    Columns lines = new Columns(">version", "time (UTC)", ">rows", ">files", "what", "position");
    entries.forEach(entry -> add(lines, entry));
    print(lines);
    return ExitCode.OK;
  }

  private static void add(Columns lines, Entry entry) {
    lines.add(
        entry.version(),
        entry.at().truncatedTo(ChronoUnit.SECONDS),
        "%,d".formatted(entry.rows()),
        entry.filesRemoved() == 0
            ? "+" + entry.filesAdded()
            : "+%d -%d".formatted(entry.filesAdded(), entry.filesRemoved()),
        entry.what(),
        entry.position().entrySet().stream()
            .map(position -> position.getKey() + " " + position.getValue())
            .collect(Collectors.joining(", ")));
  }
}
