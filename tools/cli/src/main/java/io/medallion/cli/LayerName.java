package io.medallion.cli;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Arguments;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** The layers and the jobs that run them. */
enum LayerName {
  BRONZE("Lands Kafka's records in the bronze table, byte for byte.", BronzeJob::run),
  SILVER("Judges, deduplicates and locates bronze's events.", LayerName::notThereYet),
  GOLD("Merges silver's events into Postgres.", LayerName::notThereYet);

  private final String description;
  private final ToIntFunction<Arguments> job;

  LayerName(String description, ToIntFunction<Arguments> job) {
    this.description = description;
    this.job = job;
  }

  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  String description() {
    return description;
  }

  /** Runs the layer until it is done or stopped; returns the exit code. */
  int run(Arguments arguments) {
    return job.applyAsInt(arguments);
  }

  private static int notThereYet(Arguments arguments) {
    throw new UnsupportedOperationException();
  }
}
