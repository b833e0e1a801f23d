package io.medallion.cli;

import io.medallion.cli.show.ServicesText;
import io.medallion.common.error.ExitCode;
import io.medallion.demo.services.DataFolder;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the embedded broker and database until stopped. */
@Command(
    name = "services",
    sortOptions = false,
    description =
        "Runs an embedded Kafka broker and Postgres, and nothing else, until Ctrl-C. Other"
            + " commands of this machine find them without being told.",
    footer = {"", "Example:", "  medallion services --data-dir /tmp/medallion"})
final class ServicesCommand extends MedallionCommand {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the data lies and stays (default: data/services).")
  private Path dataDir;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description =
          "The broker's port (default: " + EmbeddedServices.KAFKA_PORT + " or the next free one).")
  private Integer kafkaPort;

  @Option(
      names = "--postgres-port",
      paramLabel = "PORT",
      description =
          "The database's port (default: "
              + EmbeddedServices.POSTGRES_PORT
              + " or the next free one).")
  private Integer postgresPort;

  @Option(names = "--fresh", description = "Deletes the data of earlier runs first.")
  private boolean fresh;

  ServicesCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    Path data = dataDir == null ? context().data().resolve("services") : dataDir;
    if (fresh) {
      DataFolder.delete(data);
    }
    Path log = LogFile.open(context().data(), "services");
    ServicesSettings wanted = EmbeddedServices.settings(context(), data, kafkaPort, postgresPort);
    progress("Starting Kafka and Postgres on " + data.toAbsolutePath().normalize() + ".");
    try (StopSignal stop = StopSignal.listen();
        Services services = Services.start(wanted)) {
      ServicesText.lines(services.settings(), log).forEach(this::print);
      print("Ctrl-C stops them.");
      stop.await();
      progress("Stopping; the data stays.");
    }
    progress("Stopped.");
    return ExitCode.OK;
  }
}
