package io.medallion.cli;

import io.medallion.cli.prompt.Prompt;
import io.medallion.cli.show.RowText;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeFolder;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.query.Query;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    description =
        "Asks bronze, silver, quarantine and gold.* in Spark's SQL. VERSION AS OF n or"
            + " TIMESTAMP AS OF 'time' behind a table of the lake reads it as it was. Times are"
            + " UTC. SHOW TABLES, DESCRIBE and EXPLAIN are answered, too. Without a query it is a"
            + " prompt. Reads only.",
    footer = {
      "",
      "Example:",
      "  medallion query \"SELECT event_type, count(*) FROM silver GROUP BY 1\"",
      "  medallion query",
      "  medallion query \"SELECT count(*) FROM silver VERSION AS OF 3\" --format csv",
      "  medallion query \"SELECT * FROM gold.page_views ORDER BY views DESC LIMIT 5\""
    })
final class QueryCommand extends MedallionCommand {
  /** Whether somebody types what this process reads, which the launcher tells. */
  private static final String TYPED = "medallion.typed";

  private static final String APPLICATION = "medallion-query";
  private static final int TABLE_LIMIT = 1_000;
  private static final List<String> HINTS =
      List.of(
          "A statement ends with a semicolon; tab completes, the arrow keys bring back"
              + " earlier ones.",
          "SHOW TABLES; lists the tables, DESCRIBE NAME; or a query behind it names columns and",
          "types. quit or Ctrl-D ends.");

  private enum Format {
    table,
    csv,
    json
  }

  @Parameters(
      paramLabel = "SQL",
      arity = "0..*",
      description =
          "The query; in quotes, or as words (default: typed at a prompt, or read from standard"
              + " input).")
  private List<String> words = List.of();

  @Option(
      names = "--format",
      defaultValue = "table",
      paramLabel = "FORMAT",
      description =
          "How rows are written: table, csv, or json, an object a line (default:"
              + " ${DEFAULT-VALUE}).")
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
    if (words.isEmpty() && Boolean.getBoolean(TYPED)) {
      return prompt(configuration);
    }
    String sql = words.isEmpty() ? piped() : String.join(" ", words);
    Query.check(LakeFolder.look(configuration), configuration, sql);
    try (SparkSession session = LakeSession.create(APPLICATION, configuration)) {
      show(rows(session, configuration, sql));
    }
    return ExitCode.OK;
  }

  private static String piped() throws IOException {
    String sql = new String(System.in.readAllBytes(), Charset.defaultCharset());
    if (sql.isBlank()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "There is no query",
          "None is an argument, and standard input is empty and no terminal.",
          "Give one, such as `medallion query \"SHOW TABLES\"`; see `medallion query --help`.");
    }
    return sql;
  }

  /** Takes one statement after the other; what is wrong with one ends nothing. */
  private int prompt(Configuration configuration) throws IOException {
    LakeFolder lake = LakeFolder.look(configuration);
    CompletableFuture<SparkSession> spark =
        CompletableFuture.supplyAsync(
            () -> LakeSession.create(APPLICATION, configuration),
            work -> new Thread(work, "spark-start").start());
    try (Prompt prompt =
        Prompt.open(context().data().resolve("query-history"), Query.words(configuration))) {
      HINTS.forEach(this::print);
      for (Optional<String> sql = prompt.next(); sql.isPresent(); sql = prompt.next()) {
        if (sql.get().equals("help")) {
          HINTS.forEach(this::print);
        } else {
          answer(sql.get(), lake, configuration, spark);
        }
      }
    } finally {
      // One that still starts ends with this process.
      if (spark.isDone() && !spark.isCompletedExceptionally()) {
        spark.join().close();
      }
    }
    return ExitCode.OK;
  }

  private void answer(
      String sql,
      LakeFolder lake,
      Configuration configuration,
      CompletableFuture<SparkSession> spark) {
    try {
      Query.check(lake, configuration, sql);
      show(rows(spark.join(), configuration, sql));
    } catch (RuntimeException e) {
      ErrorReport.print(e, context().err());
    }
  }

  private static Dataset<Row> rows(SparkSession session, Configuration configuration, String sql) {
    return new Query(Lake.look(session, configuration), configuration).rows(sql);
  }

  private void show(Dataset<Row> rows) {
    switch (format) {
      case csv -> lines(RowText.csv(withOneMore(rows)), 1);
      case json -> lines(withOneMore(rows).toJSON().toLocalIterator(), 0);
      default -> RowText.table(rows, limit == null ? TABLE_LIMIT : limit).forEach(this::print);
    }
  }

  private Dataset<Row> withOneMore(Dataset<Row> rows) {
    return limit == null || limit == Integer.MAX_VALUE ? rows : rows.limit(limit + 1);
  }

  /**
   * Says on the other stream that there are more rows than were asked for: a file stays as it is.
   */
  private void lines(Iterator<String> lines, int headlines) {
    for (long left = limit == null ? Long.MAX_VALUE : (long) limit + headlines;
        left > 0 && lines.hasNext();
        left--) {
      print(lines.next());
    }
    if (lines.hasNext()) {
      progress(RowText.cutAt(limit));
    }
  }
}
