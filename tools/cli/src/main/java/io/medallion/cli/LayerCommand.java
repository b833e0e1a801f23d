package io.medallion.cli;

import io.medallion.common.config.Arguments;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs one layer: the same class that {@code spark-submit} runs. */
@Command(sortOptions = false)
final class LayerCommand extends MedallionCommand {
  private final LayerName layer;

  @Option(names = "--once", description = "Works up to what is there now, then stops.")
  private boolean once;

  LayerCommand(LayerName layer, Surroundings surroundings) {
    super(surroundings);
    this.layer = layer;
  }

  @Override
  CommandLine commandLine() {
    CommandLine line = super.commandLine();
    line.getCommandSpec()
        .name(layer.command())
        .usageMessage()
        .description(layer.description())
        .footer(
            "",
            "Example:",
            "  medallion %s --once --lake.path=/data/lake".formatted(layer.command()),
            "",
            "`medallion config` lists the settings.");
    return line;
  }

  @Override
  public Integer call() {
    Arguments arguments = settings().read(once);
    LogFile.open(surroundings().data(), layer.command());
    return layer.run(arguments);
  }
}
