package io.medallion.cli;

import io.medallion.common.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code medallion} command: finds the subcommand, runs it, turns what it says into a code. */
@Command(name = "medallion", subcommands = HelpCommand.class)
public final class Medallion implements Runnable {
  private final Surroundings surroundings;

  private Medallion(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Surroundings.ofProcess(), args));
  }

  /** The same in these surroundings, without ending the process. */
  public static int run(Surroundings surroundings, String... args) {
    List<String> joined = SettingFlags.joinOpenSettings(List.of(args));
    return commandLine(surroundings).execute(joined.toArray(String[]::new));
  }

  static CommandLine commandLine(Surroundings surroundings) {
    CommandLine root = new CommandLine(new Medallion(surroundings));
    commands(surroundings).stream()
        .map(MedallionCommand::commandLine)
        .forEach(line -> root.addSubcommand(line.getCommandName(), line));
    ErrorReport errors = new ErrorReport();
    // An argument that begins with @ is a name like others, not a file with arguments.
    return root.setExpandAtFiles(false)
        .setOut(surroundings.out())
        .setErr(surroundings.err())
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  private static List<MedallionCommand> commands(Surroundings surroundings) {
    List<MedallionCommand> commands =
        new ArrayList<>(
            List.of(
                new DemoCommand(surroundings),
                new ServicesCommand(surroundings),
                new SimulateCommand(surroundings),
                new IngestCommand(surroundings),
                new StatusCommand(surroundings),
                new QuarantineCommand(surroundings),
                new BackfillCommand(surroundings),
                new MaintainCommand(surroundings),
                new DashboardCommand(surroundings),
                new VerifyCommand(surroundings),
                new ExplainCommand(surroundings),
                new QueryCommand(surroundings),
                new HistoryCommand(surroundings),
                new DiffCommand(surroundings),
                new ConfigCommand(surroundings)));
    Arrays.stream(LayerName.values())
        .map(layer -> new LayerCommand(layer, surroundings))
        .forEach(commands::add);
    ServiceLoader.load(CommandProvider.class)
        .forEach(provider -> commands.add(provider.command(surroundings)));
    return commands;
  }

  /** Without a subcommand: the same help that the launcher shows without starting Java. */
  @Override
  public void run() {
    surroundings.out().print(help());
    surroundings.out().flush();
  }

  static String help() {
    return Resource.text(Medallion.class, "help.txt");
  }
}
