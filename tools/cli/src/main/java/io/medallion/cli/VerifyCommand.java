package io.medallion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.medallion.cli.show.VerifyText;
import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.operations.verify.EventDays;
import io.medallion.operations.verify.KafkaComparison;
import io.medallion.operations.verify.LakeCheck;
import io.medallion.operations.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Proves that nothing was lost or counted twice, from Kafka to gold. */
@Command(
    name = "verify",
    sortOptions = false,
    description =
        "Proves on the tables that nothing was lost and nothing counted twice: reads what"
            + " bronze lacks from Kafka, compares bronze's bytes with Kafka's, derives every row of"
            + " silver and quarantine again from bronze, and computes every table of gold anew from"
            + " silver. Reads only; the layers may run. Exit code 1 where something is off; what"
            + " could not be looked at is told. With --since-last what was proven before is not"
            + " derived again: it must be unchanged.",
    footer = {
      "",
      "Example:",
      "  medallion verify",
      "  medallion verify --deep",
      "  medallion verify --since-last",
      "  medallion verify --from 2026-03-01 --to 2026-03-02 --json"
    })
final class VerifyCommand extends MedallionCommand {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Spec private CommandSpec spec;

  @Option(names = "--from", paramLabel = "DATE", description = "The first event day (UTC).")
  private LocalDate from;

  @Option(names = "--to", paramLabel = "DATE", description = "The last event day.")
  private LocalDate to;

  @Option(
      names = "--deep",
      description =
          "Compares every record that Kafka still has with bronze byte by byte, not only a"
              + " sample of 50,000.")
  private boolean deep;

  @Option(
      names = "--since-last",
      description =
          "Proves what is new since the last proof, and that nothing before has changed; keeps this"
              + " proof for the next time in the file of verify.proof. The first time, and whenever"
              + " that cannot be said, everything is proven.")
  private boolean sinceLast;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  VerifyCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    if (from != null && to != null && to.isBefore(from)) {
      throw new ParameterException(spec.commandLine(), "--to lies before --from");
    }
    if (sinceLast && (from != null || to != null)) {
      throw new ParameterException(
          spec.commandLine(), "--since-last is about all event days, not those of --from and --to");
    }
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "verify");
    try (SparkSession session = LakeSession.create("medallion-verify", configuration)) {
      LakeCheck check =
          new LakeCheck(
              Lake.look(session, configuration),
              configuration,
              deep ? KafkaComparison.ALL : KafkaComparison.SAMPLE);
      VerifyReport report =
          sinceLast
              ? check.proveSinceLast(proof(configuration))
              : check.prove(new EventDays(from, to));
      if (json) {
        print(JSON.writeValueAsString(report));
      } else {
        VerifyText.lines(report).forEach(this::print);
      }
      return report.holds() ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  /** Where proofs of this lake are kept. */
  private Path proof(Configuration configuration) {
    return configuration
        .find(Keys.VERIFY_PROOF)
        .map(Path::of)
        .orElseGet(
            () ->
                context()
                    .data()
                    .resolve("proofs")
                    .resolve(LakeCheck.nameOf(configuration.get(Keys.LAKE_PATH)) + ".json"));
  }
}
