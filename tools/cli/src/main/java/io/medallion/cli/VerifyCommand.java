package io.medallion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.operations.proof.LakeProof;
import io.medallion.operations.proof.ProofReport;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Proves that nothing was lost or counted twice between bronze and silver. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Parses bronze's bytes again and proves that each row is one of a silver row, a quarantine",
      "row or a copy of a silver row. Reads only; the layers may run. Kafka and Postgres are not",
      "looked at. Exit code 1 where something is off."
    },
    footer = {"", "Example:", "  medallion verify --json --lake.path=/data/lake"})
final class VerifyCommand extends MedallionCommand {
  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  VerifyCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws IOException {
    Configuration configuration = settings().read();
    LogFile.open(surroundings().data(), "verify");
    try (SparkSession session = LakeSession.create("medallion-verify", configuration)) {
      ProofReport report = new LakeProof(Lake.look(session, configuration), configuration).prove();
      show(report);
      return report.holds() ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private void show(ProofReport report) throws IOException {
    if (json) {
      print(JSON.writeValueAsString(report));
      return;
    }
    print(
        "silver version %d, bronze up to commit %d"
            .formatted(report.silverVersion(), report.bronzeCommit()));
    print("");
    for (ProofReport.Check check : report.checks()) {
      print(
          "%-56s %,12d rows  %s"
              .formatted(
                  check.name(), check.examined(), check.off() == 0 ? "ok" : check.off() + " off"));
      check.examples().forEach(example -> print("  ! " + example));
    }
  }
}
