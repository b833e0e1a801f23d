package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.query.TableDiff;
import java.io.IOException;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What changed in a table between two versions. */
@Command(
    name = "diff",
    sortOptions = false,
    description =
        "Compares two versions of a table: how many rows were added, removed and changed, and"
            + " which. A row is told by its position in Kafka. `medallion history` lists the"
            + " versions.",
    footer = {"", "Example:", "  medallion diff silver 3 5 --limit 10"})
final class DiffCommand extends MedallionCommand {
  @Parameters(index = "0", paramLabel = "TABLE", description = "One of bronze, silver, quarantine.")
  private String table;

  @Parameters(index = "1", paramLabel = "VERSION", description = "The one version.")
  private long one;

  @Parameters(index = "2", paramLabel = "VERSION", description = "The other one.")
  private long other;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "Names so many rows (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  DiffCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "diff");
    try (SparkSession session = LakeSession.create("medallion-diff", configuration)) {
      TableDiff diff =
          TableDiff.of(Lake.look(session, configuration), session, table, one, other, limit);
      if (json) {
        print(Json.MAPPER.writeValueAsString(diff));
      } else {
        show(diff);
      }
    }
    return ExitCode.OK;
  }

  private void show(TableDiff diff) {
    printWrapped(
        "%s version %d has %,d rows, version %d has %,d: %,d added, %,d removed, %,d changed"
            .formatted(
                table,
                diff.before(),
                diff.rowsBefore(),
                diff.after(),
                diff.rowsAfter(),
                diff.added(),
                diff.removed(),
                diff.changed()));
    if (diff.rows().isEmpty()) {
      return;
    }
    Columns lines = new Columns("row", "position", "event", "what differs");
    diff.rows()
        .forEach(
            row ->
                lines.add(
                    row.kind().name().toLowerCase(Locale.ROOT),
                    row.position(),
                    row.event(),
                    String.join(", ", row.columns())));
    print(lines);
    long more = diff.added() + diff.removed() + diff.changed() - diff.rows().size();
    if (more > 0) {
      print("(and %,d more; --limit for more)".formatted(more));
    }
  }
}
