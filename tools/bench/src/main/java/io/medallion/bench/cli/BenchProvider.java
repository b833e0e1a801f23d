package io.medallion.bench.cli;

import io.medallion.cli.CommandProvider;
import io.medallion.cli.MedallionCommand;
import io.medallion.cli.Surroundings;

/** Adds {@code bench} to the program. */
public final class BenchProvider implements CommandProvider {
  @Override
  public MedallionCommand command(Surroundings surroundings) {
    return new BenchCommand(surroundings);
  }
}
