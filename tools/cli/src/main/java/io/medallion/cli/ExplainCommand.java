package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.GoldLineage;
import io.medallion.operations.verify.Lineage;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a row of gold comes from. */
@Command(
    name = "explain",
    sortOptions = false,
    description =
        "Follows a row of gold back: the version of silver it was made from, silver's rows,"
            + " the commits of bronze that landed them, their offsets in Kafka. The key is that of"
            + " the table (docs/tables.md), times in UTC.",
    footer = {
      "",
      "Example:",
      "  medallion explain page_views 2026-03-01T10:00:00Z shop-de /home",
      "  medallion explain sessions 2026-03-01T10:00:07.5Z shop-de u42 --json",
      "  medallion explain identities d7a1 anonymous       # why this id is whose it is"
    })
final class ExplainCommand extends MedallionCommand {
  @Parameters(index = "0", paramLabel = "MART", description = "A table of gold.")
  private String table;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY",
      description = "The values of its key, in order.")
  private List<String> key;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "Names so many events (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  ExplainCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "explain");
    try (SparkSession session = LakeSession.create("medallion-explain", configuration)) {
      Lineage trace =
          new GoldLineage(Lake.look(session, configuration), configuration).of(table, key, limit);
      if (json) {
        print(Json.MAPPER.writeValueAsString(trace));
      } else {
        show(trace);
      }
    }
    return ExitCode.OK;
  }

  private void show(Lineage trace) {
    print("gold." + trace.table());
    trace.row().forEach((column, value) -> printWrapped("  %-22s %s".formatted(column, value)));
    print(
        "made from silver up to version %d, by %,d events"
            .formatted(trace.silverVersion(), trace.events()));
    Columns ranges =
        new Columns(
            "Kafka partition", ">events", ">first offset", ">last offset", "bronze commits");
    trace
        .ranges()
        .forEach(
            r ->
                ranges.add(
                    r.topic() + "-" + r.partition() + epoch(r.sourceEpoch()),
                    r.events(),
                    r.firstOffset(),
                    r.lastOffset(),
                    r.firstCommit() == r.lastCommit()
                        ? r.firstCommit()
                        : r.firstCommit() + " to " + r.lastCommit()));
    print("");
    print(ranges);
    Columns events =
        new Columns("event", "time (UTC)", "type", "visitor", "record", ">bronze commit");
    trace
        .first()
        .forEach(
            e ->
                events.add(
                    e.eventId(), e.time(), e.type(), e.visitor(), e.position(), e.bronzeCommit()));
    print("");
    print(events);
    if (trace.events() > trace.first().size()) {
      print("(and %,d more; --limit for more)".formatted(trace.events() - trace.first().size()));
    }
  }

  private static String epoch(int epoch) {
    return epoch == 0 ? "" : " of epoch " + epoch;
  }
}
