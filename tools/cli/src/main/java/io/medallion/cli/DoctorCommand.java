package io.medallion.cli;

import io.medallion.cli.doctor.Doctor;
import io.medallion.cli.doctor.Finding;
import io.medallion.cli.doctor.Finding.State;
import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import io.medallion.demo.services.RunningServices;
import io.medallion.demo.services.RunningServices.Running;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what is wrong with machine, settings and services, and how to mend it. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Looks at Java, memory, disk, ports, settings, and the lake, Kafka and Postgres that they"
            + " name: says what is wrong and how to mend it. Changes nothing. Exit code 1 if"
            + " something is wrong; a note is no fault.",
    footer = {"", "Example:", "  medallion doctor --config medallion.properties"})
final class DoctorCommand extends MedallionCommand {
  @Option(names = "--json", description = "Prints JSON, one object a line.")
  private boolean json;

  DoctorCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws IOException {
    LogFile.keepFromTerminal();
    LogFile.open(context().data(), "doctor");
    List<Finding> findings = new ArrayList<>(Doctor.machine(context().data()));
    List<Running> running = RunningServices.all(context().announcements());
    try {
      Configuration configuration = settings().read();
      findings.addAll(
          Doctor.ports(
              EmbeddedServices.KAFKA_PORT, EmbeddedServices.POSTGRES_PORT, running, configuration));
      findings.addAll(Doctor.places(configuration));
    } catch (MedallionException e) {
      findings.add(Doctor.settings(e));
    }
    long wrong = findings.stream().filter(finding -> finding.state() == State.WRONG).count();
    if (json) {
      for (Finding finding : findings) {
        print(Json.MAPPER.writeValueAsString(finding));
      }
    } else {
      findings.forEach(this::show);
      print("");
      print(
          wrong == 0
              ? "Nothing is wrong."
              : wrong == 1 ? "One thing is wrong." : wrong + " things are wrong.");
    }
    return wrong == 0 ? ExitCode.OK : ExitCode.FAILURE;
  }

  private void show(Finding finding) {
    String state = finding.state().name().toLowerCase(java.util.Locale.ROOT);
    print("%-5s  %-9s %s".formatted(state, finding.subject(), finding.text()));
    if (!finding.remedy().isEmpty()) {
      print("%17s-> %s".formatted("", finding.remedy()));
    }
  }
}
