package io.medallion.cli;

import io.medallion.common.config.Arguments;
import io.medallion.common.error.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/** Runs one layer: the same class that {@code spark-submit} runs. */
@Command(sortOptions = false)
final class LayerCommand extends MedallionCommand {
  private final LayerName layer;

  private final List<String> switches = new ArrayList<>();

  LayerCommand(LayerName layer, CommandContext context) {
    super(context);
    this.layer = layer;
  }

  @Override
  protected String commandName() {
    return layer.command();
  }

  @Override
  public CommandLine commandLine() {
    CommandLine line = super.commandLine();
    line.getCommandSpec().addOption(flag("--once", "Works up to what is there now, then stops."));
    if (layer == LayerName.GOLD) {
      line.getCommandSpec().addOption(rebuild());
    }
    line.getCommandSpec()
        .name(commandName())
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

  private OptionSpec rebuild() {
    return OptionSpec.builder("--rebuild")
        .arity("0..*")
        .paramLabel("MART")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .description("First makes these marts anew from silver; none named is all of gold.")
        .setter(
            new ISetter() {
              @Override
              public <T> T set(T given) {
                // Before it reads a line, picocli sets null.
                if (given instanceof List<?> marts) {
                  switches.add("--rebuild");
                  marts.forEach(mart -> switches.add(mart.toString()));
                }
                return null;
              }
            })
        .build();
  }

  private OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .description(description)
        .setter(
            new ISetter() {
              @Override
              public <T> T set(T given) {
                if (Boolean.TRUE.equals(given)) {
                  switches.add(name);
                }
                return null;
              }
            })
        .build();
  }

  @Override
  public Integer call() {
    CutOff.entrust();
    Arguments arguments = arguments();
    LogFile.open(context().data(), layer.command());
    if (!arguments.once()) {
      return layer.run(arguments);
    }
    OnceReport report = OnceReport.begin(layer, arguments.configuration());
    progress(report.plan());
    int code = layer.run(arguments);
    if (code == ExitCode.OK) {
      print(report.done());
    }
    return code;
  }

  /** What the line asks for. */
  Arguments arguments() {
    return settings().read(switches);
  }
}
