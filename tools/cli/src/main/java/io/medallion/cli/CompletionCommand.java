package io.medallion.cli;

import io.medallion.common.error.ExitCode;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes what a shell completes command lines by. */
@Command(
    name = "completion",
    sortOptions = false,
    description =
        "Writes a script by which bash or zsh completes commands and options: to be sourced by"
            + " ~/.bashrc or ~/.zshrc.",
    footer = {
      "",
      "Example:",
      "  medallion completion bash > ~/.medallion-completion",
      "  echo '. ~/.medallion-completion' >> ~/.bashrc"
    })
final class CompletionCommand extends MedallionCommand {
  /** The shells that it is written for; zsh takes bash's by its own bashcompinit. */
  enum Shell {
    bash,
    zsh
  }

  @Parameters(paramLabel = "SHELL", description = "One of bash, zsh.")
  private Shell shell;

  CompletionCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    // picocli's script finds out by itself which of the two reads it.
    print("# The commands and options of medallion, for " + shell);
    context().out().print(AutoComplete.bash("medallion", Medallion.commandLine(context())));
    context().out().flush();
    return ExitCode.OK;
  }
}
