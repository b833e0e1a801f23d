package io.medallion.bench.cli;

import io.medallion.bench.LiveRates;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** Traffic that processes are measured under. */
final class LiveTraffic {
  @Option(
      names = "--rates",
      split = ",",
      defaultValue = "1000,100,10",
      paramLabel = "N",
      description =
          "Events a second of the live traffic, one after the other (default: 1000,100,10).")
  private List<Double> rates;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description =
          "How long before it counts, at each rate, from the first number on (default:"
              + " ${DEFAULT-VALUE}).")
  private long warmUp;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      paramLabel = "N",
      description = "How long is measured at each rate (default: ${DEFAULT-VALUE}).")
  private long seconds;

  LiveRates rates() {
    return new LiveRates(rates, Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
  }
}
