package io.medallion.cli;

import io.medallion.common.config.ConfigKey;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ExitCode;
import io.medallion.demo.services.DataFolder;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the embedded broker and database until stopped. */
@Command(
    name = "services",
    sortOptions = false,
    description = {
      "Runs an embedded Kafka broker and Postgres, and nothing else, until Ctrl-C.",
      "Other commands of this machine find them without being told."
    },
    footer = {"", "Example:", "  medallion services --data-dir /tmp/medallion"})
final class ServicesCommand extends MedallionCommand {
  private static final List<ConfigKey<String>> PLACES =
      List.of(
          Keys.KAFKA_BOOTSTRAP_SERVERS,
          Keys.POSTGRES_URL,
          Keys.LAKE_PATH,
          Keys.SILVER_GEOIP_DATABASE);

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the data lies and stays; data/services where not given.")
  private Path dataDir;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "The broker's port; a free one where not given.")
  private int kafkaPort;

  @Option(
      names = "--postgres-port",
      paramLabel = "PORT",
      description = "The database's port; a free one where not given.")
  private int postgresPort;

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
    LogFile.open(context().data(), "services");
    ServicesSettings wanted =
        ServicesSettings.in(data, context().announcement()).withPorts(kafkaPort, postgresPort);
    try (StopSignal stop = StopSignal.listen();
        Services services = Services.start(wanted)) {
      PLACES.forEach(
          key -> print("%-24s %s".formatted(key.name(), services.settings().get(key.name()))));
      print("");
      print(
          "Other commands find them by %s. Ctrl-C stops them.".formatted(context().announcement()));
      stop.await();
    }
    return ExitCode.OK;
  }
}
