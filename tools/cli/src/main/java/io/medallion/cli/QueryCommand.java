package io.medallion.cli;

import io.medallion.cli.show.RowText;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.query.Query;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the tables in SQL. */
@Command(
    name = "query",
    sortOptions = false,
    description = {
      "Asks bronze, silver, quarantine and gold.* in Spark's SQL. VERSION AS OF n or TIMESTAMP AS"
          + " OF",
      "'time' behind a table of the lake reads it as it was. Times are UTC. SHOW TABLES, DESCRIBE",
      "and EXPLAIN are answered, too. Reads only."
    },
    footer = {
      "",
      "Example:",
      "  medallion query \"SELECT event_type, count(*) FROM silver GROUP BY 1\"",
      "  medallion query \"SELECT count(*) FROM silver VERSION AS OF 3\" --format csv",
      "  medallion query \"SELECT * FROM gold.page_views ORDER BY views DESC LIMIT 5\""
    })
final class QueryCommand extends MedallionCommand {
  private enum Format {
    table,
    csv,
    json
  }

  @Parameters(
      paramLabel = "SQL",
      arity = "1..*",
      description = "The query; in quotes, or as words.")
  private List<String> words;

  @Option(
      names = "--format",
      defaultValue = "table",
      paramLabel = "FORMAT",
      description = "table, csv, or json with an object a line (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Prints so many rows at most (default: 1,000 of a table, else all).")
  private Integer limit;

  QueryCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "query");
    String sql = String.join(" ", words);
    Query.check(LakeFolder.look(configuration), configuration, sql);
    try (SparkSession session = LakeSession.create("medallion-query", configuration)) {
      Dataset<Row> rows = new Query(Lake.look(session, configuration), configuration).rows(sql);
      switch (format) {
        case csv -> RowText.csv(limited(rows)).forEachRemaining(this::print);
        case json -> limited(rows).toJSON().toLocalIterator().forEachRemaining(this::print);
        default -> RowText.table(rows, limit == null ? 1_000 : limit).forEach(this::print);
      }
    }
    return ExitCode.OK;
  }

  private Dataset<Row> limited(Dataset<Row> rows) {
    return limit == null ? rows : rows.limit(limit);
  }
}
