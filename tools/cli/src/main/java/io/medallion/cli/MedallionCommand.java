package io.medallion.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What every subcommand has: help, settings, surroundings. */
abstract class MedallionCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private SettingFlags settings;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      order = 1000,
      description = "Shows this help.")
  private boolean help;

  MedallionCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** The command as picocli knows it, with every setting as an option. */
  CommandLine commandLine() {
    CommandLine line = new CommandLine(this);
    settings = SettingFlags.addTo(line.getCommandSpec(), surroundings);
    line.registerConverter(
        java.time.Duration.class, io.medallion.common.config.ConfigTypes::duration);
    return line;
  }

  final Surroundings surroundings() {
    return surroundings;
  }

  final SettingFlags settings() {
    return settings;
  }

  final void print(String format, Object... values) {
    surroundings.out().println(values.length == 0 ? format : format.formatted(values));
    surroundings.out().flush();
  }
}
