package io.medallion.cli;

import io.medallion.common.config.Configuration;
import io.medallion.common.error.ExitCode;
import io.medallion.connect.ConnectServer;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.session.LakeSession;
import java.io.IOException;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;

/** Serves the tables to notebooks. */
@Command(
    name = "connect",
    sortOptions = false,
    description =
        "Serves bronze, silver, quarantine and gold.* to notebooks and programs by Spark Connect"
            + " until Ctrl-C: DataFrames and SQL, tables also as they were. Reads only: no"
            + " command, no write, no code, no file of a client is taken. Listens on this machine;"
            + " for others connect.tokens has to be given.",
    footer = {
      "",
      "Example:",
      "  medallion connect --connect.port=15002",
      "  In Python: SparkSession.builder.remote(\"sc://localhost:15002\").getOrCreate()"
    })
final class ConnectCommand extends MedallionCommand {
  ConnectCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), "connect");
    try (StopSignal stop = StopSignal.listen();
        SparkSession session = LakeSession.create("medallion-connect", configuration);
        ConnectServer server =
            ConnectServer.start(Lake.look(session, configuration), configuration)) {
      print("Notebooks read the lake at %s; Ctrl-C stops it.".formatted(server.url()));
      stop.await();
    }
    return ExitCode.OK;
  }
}
