package io.medallion.cli;

import io.medallion.cli.show.Json;
import io.medallion.common.config.Configuration;
import java.io.IOException;
import picocli.CommandLine.Option;

/** A command that looks at what is there, and prints it in words or as JSON. */
abstract class LookCommand extends MedallionCommand {
  private final String name;

  @Option(names = "--json", description = "Prints JSON, one object a line.")
  private boolean json;

  /**
   * @param name of its log
   */
  LookCommand(CommandContext context, String name) {
    super(context);
    this.name = name;
  }

  @Override
  public final Integer call() throws IOException, InterruptedException {
    Configuration configuration = settings().read();
    LogFile.open(context().data(), name);
    return run(configuration);
  }

  /**
   * Does what it is for.
   *
   * @return the exit code
   */
  abstract int run(Configuration configuration) throws IOException, InterruptedException;

  final String name() {
    return name;
  }

  final boolean json() {
    return json;
  }

  final void printJson(Object value) throws IOException {
    print(Json.MAPPER.writeValueAsString(value));
  }
}
