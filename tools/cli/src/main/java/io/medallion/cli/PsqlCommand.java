package io.medallion.cli;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.postgres.Postgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Opens psql on gold's database, as the role that reads. */
@Command(
    name = "psql",
    sortOptions = false,
    description =
        "Opens psql, which has to be installed, on gold's database as the role that reads,"
            + " with its password. What is behind -- goes to psql.",
    footer = {
      "",
      "Example:",
      "  medallion psql",
      "  medallion psql -- -c \"SELECT page, sum(views) FROM page_views GROUP BY 1\""
    })
final class PsqlCommand extends MedallionCommand {
  private static final String JDBC = "jdbc:";

  @Parameters(paramLabel = "ARGUMENT", arity = "0..*", description = "For psql.")
  private List<String> arguments = List.of();

  PsqlCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    Postgres reader = Postgres.reader(settings().read());
    List<String> line = new ArrayList<>(List.of("psql", "-d", address(reader.url())));
    line.addAll(arguments);
    ProcessBuilder psql = new ProcessBuilder(line).inheritIO();
    psql.environment().put("PGUSER", reader.user());
    if (reader.password() != null) {
      psql.environment().put("PGPASSWORD", reader.password());
    }
    try {
      return psql.start().waitFor();
    } catch (IOException e) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "There is no psql here",
          e.getMessage(),
          "Install PostgreSQL's client (postgresql-client), or ask by `medallion query \"SELECT *"
              + " FROM gold.page_views LIMIT 5\"`.",
          e);
    }
  }

  /** As psql takes it: parameters are the driver's, but for how the line is encrypted. */
  static String address(String url) {
    String plain = url.startsWith(JDBC) ? url.substring(JDBC.length()) : url;
    int parameters = plain.indexOf('?');
    if (parameters < 0) {
      return plain;
    }
    String kept =
        String.join(
            "&",
            List.of(plain.substring(parameters + 1).split("&")).stream()
                .filter(p -> p.matches("(?i)ssl(mode|rootcert|cert|key)=.*"))
                .toList());
    return plain.substring(0, parameters) + (kept.isEmpty() ? "" : "?" + kept);
  }
}
