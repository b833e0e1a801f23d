package io.medallion.bench.cli;

import picocli.CommandLine.Option;

/** What lies in Kafka before anything is measured. */
final class BacklogOptions {
  @Option(
      names = "--events",
      defaultValue = "2000000",
      paramLabel = "N",
      description = "Records of the backlog (default: ${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--users",
      defaultValue = "100000",
      paramLabel = "N",
      description = "How many people sent them (default: ${DEFAULT-VALUE}).")
  private int users;

  boolean isGood() {
    return events > 0 && users > 0;
  }

  long events() {
    return events;
  }

  int users() {
    return users;
  }
}
