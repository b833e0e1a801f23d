package io.medallion.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that is nothing but a name for others. */
public abstract class CommandGroup extends MedallionCommand {
  private final List<MedallionCommand> commands;
  @Spec private CommandSpec spec;

  /**
   * @param commands in the order in which help lists them
   */
  protected CommandGroup(CommandContext context, List<MedallionCommand> commands) {
    super(context);
    this.commands = List.copyOf(commands);
  }

  @Override
  public final CommandLine commandLine() {
    CommandLine line = super.commandLine();
    for (MedallionCommand command : commands) {
      CommandLine sub = command.commandLine();
      line.addSubcommand(sub.getCommandName(), sub);
    }
    return line;
  }

  @Override
  public final Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        spec.subcommands().keySet().stream()
            .collect(Collectors.joining(", ", "Missing one of: ", "")));
  }
}
