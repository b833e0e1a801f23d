package io.medallion.cli;

import io.medallion.common.config.Closest;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.ExitCode;
import io.medallion.common.error.MedallionException;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells a person what went wrong, on the error stream, without a stack trace. */
final class ErrorReport
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    MedallionException known = MedallionException.in(e);
    if (known == null) {
      known =
          new MedallionException(
              ErrorCode.USAGE,
              e.getMessage(),
              "%s does not take this.".formatted(name),
              meant(e) + "See `%s --help`.".formatted(name),
              e);
    }
    command.getErr().println(known.explain());
    command.getErr().flush();
    return ExitCode.USAGE;
  }

  private static String meant(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return "";
    }
    String argument = unmatched.getUnmatched().get(0);
    CommandLine command = e.getCommandLine();
    return Closest.to(argument.split("=", 2)[0], known(command))
            .map(near -> "Did you mean " + near + "? ")
            .orElse("")
        + behindDashes(argument, command);
  }

  /** A value that looks like an option is none behind {@code --}. */
  private static String behindDashes(String argument, CommandLine command) {
    boolean takesValues = !command.getCommandSpec().positionalParameters().isEmpty();
    return takesValues && argument.startsWith("-")
        ? "If it is no option but a value, put -- before the values: %s -- %s. "
            .formatted(command.getCommandSpec().qualifiedName(), argument)
        : "";
  }

  /** Options, and the names of subcommands. */
  private static List<String> known(CommandLine command) {
    return Stream.concat(
            command.getCommandSpec().optionsMap().keySet().stream(),
            command.getSubcommands().keySet().stream())
        .toList();
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, CommandLine.ParseResult result) {
    return CutOff.happens() ? ExitCode.FAILURE : print(e, command.getErr());
  }

  /** Prints an error as users should see it, and returns the exit code for it. */
  static int print(Throwable thrown, PrintWriter err) {
    MedallionException known = MedallionException.in(thrown);
    if (known != null) {
      err.println(known.explain());
    } else {
      if (LogFile.current().isPresent()) {
        LoggerFactory.getLogger(ErrorReport.class).error("stopped by an unexpected error", thrown);
      }
      err.println("error: " + thrown);
      LogFile.current().ifPresent(log -> err.println("  log:    " + log));
    }
    err.flush();
    return known == null ? ExitCode.FAILURE : known.code().exitCode();
  }
}
