package io.medallion.cli;

import io.medallion.common.Resource;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.lakehouse.session.SubmittedFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code medallion} command: finds the subcommand, runs it, turns what it says into a code. */
@Command(name = "medallion", subcommands = HelpCommand.class, versionProvider = Version.class)
public final class Medallion implements Runnable {
  /** Columns of help: those of the narrowest window that people have. */
  static final int HELP_WIDTH = 80;

  private final CommandContext context;

  private Medallion(CommandContext context) {
    this.context = context;
  }

  /**
   * Runs a command and ends the process with its exit code, but for one that {@code spark-submit}
   * has started and that went well: that is left to Spark, as {@link LayerLauncher#end} says.
   */
  public static void main(String[] args) {
    int exitCode = run(CommandContext.ofProcess(), args);
    if (LakeSession.isSubmitted()) {
      LayerLauncher.end(exitCode);
    } else {
      System.exit(exitCode);
    }
  }

  /** The same in these surroundings, without ending the process. */
  public static int run(CommandContext context, String... args) {
    List<String> joined;
    try {
      joined =
          SettingFlags.joinOpenSettings(
              SubmittedFiles.withConfiguration(List.of(args), System.getProperty("spark.files")));
    } catch (MedallionException e) {
      context.err().println(e.explain());
      context.err().flush();
      return e.code().exitCode();
    }
    return commandLine(context, meant(commands(context), joined))
        .execute(joined.toArray(String[]::new));
  }

  /** The one that is called, which need not wait for the others; all where that is not clear. */
  private static List<MedallionCommand> meant(
      List<MedallionCommand> commands, List<String> arguments) {
    return commands.stream()
        .filter(command -> !arguments.isEmpty() && command.commandName().equals(arguments.get(0)))
        .findFirst()
        .map(List::of)
        .orElse(commands);
  }

  static CommandLine commandLine(CommandContext context) {
    return commandLine(context, commands(context));
  }

  private static CommandLine commandLine(CommandContext context, List<MedallionCommand> commands) {
    CommandLine root = new CommandLine(new Medallion(context));
    commands.stream()
        .map(MedallionCommand::commandLine)
        .forEach(line -> root.addSubcommand(line.getCommandName(), line));
    root.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Shows the version of the program and of what it runs on.")
                .build());
    ErrorReport errors = new ErrorReport();
    // An argument that begins with @ is a name like others, not a file with arguments.
    return root.setExpandAtFiles(false)
        .setExecutionStrategy(parsed -> execute(parsed, context))
        .setOut(context.out())
        .setErr(context.err())
        .setUsageHelpWidth(HELP_WIDTH)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  @SuppressWarnings("try") // The watch is kept, not used.
  private static int execute(CommandLine.ParseResult parsed, CommandContext context) {
    String command = innermost(parsed).commandSpec().qualifiedName();
    try (CutOff watch = CutOff.watch(command, context.err())) {
      return new CommandLine.RunLast().execute(parsed);
    }
  }

  private static CommandLine.ParseResult innermost(CommandLine.ParseResult parsed) {
    return parsed.hasSubcommand() ? innermost(parsed.subcommand()) : parsed;
  }

  private static List<MedallionCommand> commands(CommandContext context) {
    List<MedallionCommand> commands =
        new ArrayList<>(
            List.of(
                new DemoCommand(context),
                new ServicesCommand(context),
                new SimulateCommand(context),
                new IngestCommand(context),
                new StatusCommand(context),
                new ContractCommand(context),
                new QuarantineCommand(context),
                new BackfillCommand(context),
                new MartsCommand(context),
                new AlertsCommand(context),
                new EraseCommand(context),
                new MaintainCommand(context),
                new DashboardCommand(context),
                new McpCommand(context),
                new VerifyCommand(context),
                new ExplainCommand(context),
                new QueryCommand(context),
                new ConnectCommand(context),
                new PsqlCommand(context),
                new HistoryCommand(context),
                new DiffCommand(context),
                new ConfigCommand(context),
                new DoctorCommand(context),
                new CompletionCommand(context)));
    Arrays.stream(LayerName.values())
        .map(layer -> new LayerCommand(layer, context))
        .forEach(commands::add);
    ServiceLoader.load(CommandProvider.class)
        .forEach(provider -> commands.add(provider.command(context)));
    return commands;
  }

  /** Without a subcommand: the same help that the launcher shows without starting Java. */
  @Override
  public void run() {
    context.out().print(help());
    context.out().flush();
  }

  static String help() {
    return Resource.text(Medallion.class, "help.txt");
  }
}
