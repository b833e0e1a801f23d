package io.medallion.bench.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What starts the processes that are measured. */
final class LauncherOption {
  @Option(
      names = "--launcher",
      paramLabel = "FILE",
      description = "What to start them by (the launcher that started this).")
  private Path launcher;

  /** Null where nothing is said. */
  Path launcher() {
    return launcher;
  }
}
