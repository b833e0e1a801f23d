package io.medallion.cli;

import io.medallion.cli.show.Json;
import io.medallion.common.contract.Contract;
import io.medallion.common.contract.ContractExport;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What silver's rows are by a contract, for other programs. */
@Command(
    name = "export",
    sortOptions = false,
    description =
        "Writes what silver's rows are by a contract, ours where none is named: its columns,"
            + " where they come from, their bounds, and its rules. Needs neither Kafka nor a lake.",
    footer = {
      "",
      "Example:",
      "  medallion contract export --odcs shop.yaml > shop.odcs.yaml",
      "  medallion contract export --json-schema --silver.contract=preset:segment"
    })
final class ContractExportCommand extends MedallionCommand {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The contract (default: silver.contract).")
  private Path file;

  @ArgGroup(multiplicity = "1")
  private Format format;

  /** One of them. */
  private static final class Format {
    @Option(
        names = "--odcs",
        required = true,
        description = "A document of the Open Data Contract Standard, version 3.")
    private boolean odcs;

    @Option(
        names = "--json-schema",
        required = true,
        description = "The JSON Schema of a row, as the enriched topic has it.")
    @SuppressWarnings("UnusedVariable") // It is the other one.
    private boolean jsonSchema;
  }

  ContractExportCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    Contract contract =
        file == null ? Contract.of(settings().read()) : Contract.read(file.toString());
    List<ContractExport.Column> table =
        Arrays.stream(TableDefinition.silver(contract).schema().fields())
            .map(
                field ->
                    new ContractExport.Column(
                        field.name(), field.dataType().simpleString(), !field.nullable()))
            .toList();
    print(
        format.odcs
            ? ContractExport.odcs(contract, table).stripTrailing()
            : Json.MAPPER
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(ContractExport.jsonSchema(contract, table)));
    return ExitCode.OK;
  }
}
