package io.medallion.cli;

import io.medallion.cli.show.Columns;
import io.medallion.cli.show.Text;
import io.medallion.cli.show.Window;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** What every subcommand has: help, settings, surroundings. */
public abstract class MedallionCommand implements Callable<Integer> {
  private final CommandContext context;
  private SettingFlags settings;

  protected MedallionCommand(CommandContext context) {
    this.context = context;
  }

  /** What it is called behind {@code medallion}. */
  protected String commandName() {
    return getClass().getAnnotation(Command.class).name();
  }

  /** The command as picocli knows it, with every setting as an option. */
  public CommandLine commandLine() {
    CommandLine line = new CommandLine(this);
    settings = SettingFlags.addTo(line.getCommandSpec(), context);
    PlainTypes.register(line);
    line.getCommandSpec().addOption(help());
    return line;
  }

  /** What the command finds around itself. */
  protected final CommandContext context() {
    return context;
  }

  final SettingFlags settings() {
    return settings;
  }

  /** Prints a line of a result. */
  protected final void print(String line) {
    context.out().println(line);
    context.out().flush();
  }

  /** Prints a table, as wide as the terminal's window at most; as wide as it is for programs. */
  protected final void print(Columns table) {
    table.lines(width()).forEach(this::print);
  }

  /** Prints a sentence in as many lines as it takes in the terminal's window. */
  protected final void printWrapped(String sentence) {
    Text.wrapped(sentence, width(), "  ").forEach(this::print);
  }

  private int width() {
    return context.terminal() ? Window.now().columns() : Integer.MAX_VALUE;
  }

  /** Prints a line of what goes on, which is no result. */
  protected final void progress(String line) {
    context.err().println(line);
    context.err().flush();
  }

  /** The option by which every command explains itself. */
  static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Shows this help.")
        .build();
  }
}
