package io.medallion.cli;

/**
 * A command of another module, which the program has where that module is on its class path: named
 * in {@code META-INF/services} and found by {@link java.util.ServiceLoader}. So what an operator
 * runs need not bring along what only measures it.
 */
public interface CommandProvider {
  /** The command, to run in these surroundings. */
  MedallionCommand command(CommandContext context);
}
