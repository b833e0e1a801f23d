package io.medallion.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medallion.cli.show.Columns;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractColumn;
import io.medallion.common.contract.ContractRule;
import io.medallion.common.contract.FieldRules;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.operations.ContractDiff;
import io.medallion.operations.ContractTrial;
import io.medallion.operations.ContractTrial.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What an event is: a user's own columns and rules. */
@Command(
    name = "contract",
    description = "Checks a contract, compares it with the lake, tries events by it, exports it.",
    footer = {
      "",
      "Example:",
      "  medallion contract check shop.yaml",
      "  medallion contract check preset:segment",
      "  medallion contract diff shop.yaml",
      "  medallion contract test --silver.contract=shop.yaml events.jsonl",
      "  medallion contract export --odcs shop.yaml"
    })
final class ContractCommand extends CommandGroup {
  private static final String NAME = "contract";

  ContractCommand(CommandContext context) {
    super(
        context,
        List.of(
            new CheckCommand(context),
            new DiffCommand(context),
            new TestCommand(context),
            new ContractExportCommand(context)));
  }

  /** The contract that is meant: a file, or the configured one. */
  private static Contract contract(Path file, Configuration configuration) {
    Contract contract =
        file == null
            ? Contract.of(configuration)
            : Contract.read(file.toString()).pseudonymized(configuration);
    if (file == null && contract.file().isEmpty()) {
      throw new MedallionException(
          ErrorCode.USAGE,
          "There is no contract",
          "Neither is a file named, nor is silver.contract set.",
          "Name one: medallion contract check shop.yaml");
    }
    return contract;
  }

  @Command(
      name = "check",
      sortOptions = false,
      description =
          "Says what a contract declares, or every error in it: line, column, what is wrong"
              + " and what would be right. Needs neither Kafka nor a lake.",
      footer = {"", "Example:", "  medallion contract check shop.yaml"})
  private static final class CheckCommand extends SessionCommand {
    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "The contract (default: silver.contract).")
    private Path file;

    CheckCommand(CommandContext context) {
      super(context, NAME);
    }

    /**
     * What is printed of one as JSON.
     *
     * @param version that stands on each row
     */
    private record Checked(
        String version, boolean visitorRequired, int fields, int columns, int rules) {}

    @Override
    int run(SparkSession session, Configuration configuration) throws IOException {
      Contract contract = contract(file, configuration);
      new ContractTrial(session, configuration, contract);
      if (json()) {
        printJson(
            new Checked(
                contract.version(),
                contract.visitorRequired(),
                declared(contract).size(),
                contract.columns().size(),
                contract.rules().size()));
        return ExitCode.OK;
      }
      Columns fields = new Columns("field", "from");
      declared(contract).forEach(f -> fields.add(f.field(), source(f)));
      if (!declared(contract).isEmpty()) {
        print(fields);
      }
      Columns columns = new Columns("column", "type", "from");
      contract.columns().forEach(c -> columns.add(c.name(), c.type(), source(c)));
      Columns rules = new Columns("rule", "otherwise", "check");
      contract.rules().forEach(r -> rules.add(r.name(), lower(r), condition(r)));
      if (!contract.columns().isEmpty()) {
        print(columns);
      }
      if (!contract.rules().isEmpty()) {
        print(rules);
      }
      print(
          "%s is right: version %s, %d fields, %d columns, %d rules%s"
              .formatted(
                  contract.file(),
                  contract.version() == null ? "none, as it adds nothing" : contract.version(),
                  declared(contract).size(),
                  contract.columns().size(),
                  contract.rules().size(),
                  contract.visitorRequired() ? "" : "; a visitor is not required"));
      return ExitCode.OK;
    }

    /** Those that the file speaks of, not only a rule for all. */
    private static List<FieldRules> declared(Contract contract) {
      return contract.fields().stream().filter(f -> f.place().line() > 0).toList();
    }

    private static String source(FieldRules field) {
      return field.from().isEmpty()
          ? "its own names"
          : field.from().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String source(ContractColumn column) {
      if (column.isComputed()) {
        return column.expr().strip();
      }
      return column.from().stream().map(String::valueOf).collect(Collectors.joining(", "))
          + column.bounds().map(bounds -> ", " + bounds).orElse("");
    }

    private static String lower(ContractRule rule) {
      return rule.otherwise().name().toLowerCase(Locale.ROOT);
    }

    private static String condition(ContractRule rule) {
      return rule.when() == null
          ? rule.check().strip()
          : "%s, when %s".formatted(rule.check().strip(), rule.when().strip());
    }
  }

  @Command(
      name = "diff",
      sortOptions = false,
      description =
          "Compares a contract with the lake: the columns that silver gets at its next start,"
              + " those that it has with another type or that are filled no longer, and the days"
              + " whose rows were judged by another contract. Writes nothing. Exit code 1 if a type"
              + " stands in the way.",
      footer = {"", "Example:", "  medallion contract diff shop.yaml --lake.path=/data/lake"})
  private static final class DiffCommand extends SessionCommand {
    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "The contract (default: silver.contract).")
    private Path file;

    DiffCommand(CommandContext context) {
      super(context, NAME);
    }

    @Override
    int run(SparkSession session, Configuration configuration) throws IOException {
      Contract contract = contract(file, configuration);
      new ContractTrial(session, configuration, contract);
      ContractDiff diff = ContractDiff.of(Lake.look(session, configuration), session, contract);
      if (json()) {
        printJson(diff);
      } else {
        show(diff);
      }
      return diff.refused().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private void show(ContractDiff diff) {
      Columns columns = new Columns("column", "contract", "silver", "what becomes of it");
      diff.added()
          .forEach(c -> columns.add(c.name(), c.type(), "-", "added at silver's next start"));
      diff.refused()
          .forEach(
              c ->
                  columns.add(
                      c.name(), c.type(), c.stored(), "refused: choose another name, or the type"));
      diff.unfilled()
          .forEach(c -> columns.add(c.name(), "-", c.stored(), "stays, null in new rows"));
      if (diff.added().size() + diff.refused().size() + diff.unfilled().size() > 0) {
        print(columns);
      } else {
        print("silver has the contract's columns");
      }
      Columns judged = new Columns("rules", "contract", ">rows", "from", "to", "");
      diff.judged()
          .forEach(
              j ->
                  judged.add(
                      j.rulesVersion(),
                      j.contractVersion() == null ? "-" : j.contractVersion(),
                      "%,d".formatted(j.rows()),
                      j.from(),
                      j.to(),
                      j.today()
                          ? "as today"
                          : "medallion backfill --from %s --to %s".formatted(j.from(), j.to())));
      print(judged);
    }
  }

  @Command(
      name = "test",
      sortOptions = false,
      description =
          "Tries events by the contract of silver.contract, with the code of silver: each"
              + " one's columns and flags, or every reason why it would go to quarantine. Reads"
              + " JSON lines of files or standard input, or the newest records of the lake. Writes"
              + " nothing; duplicates are not looked for. Exit code 1 if an event is refused.",
      footer = {
        "",
        "Example:",
        "  medallion contract test --silver.contract=shop.yaml events.jsonl",
        "  medallion contract test --silver.contract=shop.yaml --newest 100"
      })
  private static final class TestCommand extends SessionCommand {
    private static final int LINES_AT_ONCE = 5_000;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..*",
        description = "Files of one event a line (default: standard input).")
    private List<Path> files = new ArrayList<>();

    @Option(
        names = "--newest",
        paramLabel = "N",
        description = "The newest N records of the lake instead.")
    private Integer newest;

    private final Map<String, Long> flags = new TreeMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private long events;
    private long refused;

    TestCommand(CommandContext context) {
      super(context, NAME);
    }

    @Override
    int run(SparkSession session, Configuration configuration) throws IOException {
      ContractTrial trial = new ContractTrial(session, configuration, Contract.of(configuration));
      if (newest != null) {
        for (Outcome outcome : trial.newest(Lake.look(session, configuration), newest)) {
          show("", outcome);
        }
      } else if (files.isEmpty()) {
        all(
            trial,
            "",
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
      } else {
        for (Path file : files) {
          try (BufferedReader lines = Files.newBufferedReader(file)) {
            all(trial, file + ":", lines);
          } catch (IOException e) {
            throw new MedallionException(
                ErrorCode.INGEST_FILE_UNREADABLE,
                "The file %s cannot be read".formatted(file),
                e.toString(),
                "Give files of one JSON object a line, in UTF-8.",
                e);
          }
        }
      }
      if (!json()) {
        print(
            "%,d events, %,d refused%s%s"
                .formatted(
                    events, refused, counts("; reasons: ", reasons), counts("; flags: ", flags)));
      }
      return refused == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static String counts(String name, Map<String, Long> counts) {
      return counts.isEmpty()
          ? ""
          : name
              + counts.entrySet().stream()
                  .map(count -> count.getKey() + " " + count.getValue())
                  .collect(Collectors.joining(", "));
    }

    private void all(ContractTrial trial, String file, BufferedReader reader) throws IOException {
      long first = 1;
      List<String> some = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        some.add(line);
        if (some.size() == LINES_AT_ONCE) {
          show(trial, file, first, some);
          first += some.size();
          some.clear();
        }
      }
      show(trial, file, first, some);
    }

    private void show(ContractTrial trial, String file, long first, List<String> lines)
        throws IOException {
      for (Outcome outcome : trial.lines(first, lines)) {
        show(file, outcome);
      }
    }

    private void show(String file, Outcome outcome) throws IOException {
      outcome.flags().forEach(flag -> flags.merge(flag, 1L, Long::sum));
      outcome
          .reasons()
          .forEach(
              r ->
                  reasons.merge(
                      r.field() == null ? r.code() : r.code() + " " + r.field(), 1L, Long::sum));
      boolean isEvent = outcome.reasons().isEmpty();
      events += isEvent ? 1 : 0;
      refused += isEvent ? 0 : 1;
      JsonNode event = outcome.event() == null ? null : Json.MAPPER.readTree(outcome.event());
      if (json()) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("position", file + outcome.position());
        node.set("event", event);
        node.set("reasons", Json.MAPPER.valueToTree(outcome.reasons()));
        print(node.toString());
        return;
      }
      print(file + outcome.position() + (isEvent ? "" : "  refused"));
      if (isEvent) {
        event
            .properties()
            .forEach(
                field -> print("  %-16s %s".formatted(field.getKey(), text(field.getValue()))));
      }
      outcome
          .reasons()
          .forEach(
              r ->
                  print(
                      "  %s%s: %s"
                          .formatted(
                              r.code(),
                              r.field() == null ? "" : " (" + r.field() + ")",
                              r.message())));
    }

    private static String text(JsonNode value) {
      return value.isTextual() ? value.asText() : value.toString();
    }
  }
}
