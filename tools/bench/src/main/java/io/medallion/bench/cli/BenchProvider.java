package io.medallion.bench.cli;

import io.medallion.cli.CommandContext;
import io.medallion.cli.CommandProvider;
import io.medallion.cli.MedallionCommand;

/** Adds {@code bench} to the program. */
public final class BenchProvider implements CommandProvider {
  @Override
  public MedallionCommand command(CommandContext context) {
    return new BenchCommand(context);
  }
}
