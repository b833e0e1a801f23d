package io.medallion.demo.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The server process of a data directory, found by the file that Postgres itself keeps there. */
final class Postmaster {
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  private Postmaster() {}

  /**
   * The process that {@code postmaster.pid} names, if it is alive and really a Postgres on this
   * directory; a pid may have passed to another program.
   */
  static Optional<ProcessHandle> of(Path dataDirectory) throws IOException {
    List<String> lines = lines(dataDirectory);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    try {
      return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
          .filter(ProcessHandle::isAlive)
          .filter(process -> isPostgres(process, dataDirectory, lines));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Path pidFile(Path dataDirectory) {
    return dataDirectory.resolve("postmaster.pid");
  }

  private static boolean isPostgres(ProcessHandle process, Path dataDirectory, List<String> lines) {
    Optional<String> command = process.info().commandLine();
    if (command.isPresent()) {
      return command.get().contains("postgres") && command.get().contains(dataDirectory.toString());
    }
    // The third line is the server's start in epoch seconds.
    Optional<Instant> start = process.info().startInstant();
    return start.isPresent()
        && lines.size() > 2
        && Duration.between(
                    Instant.ofEpochSecond(Long.parseLong(lines.get(2).strip())), start.get())
                .abs()
                .compareTo(START_TOLERANCE)
            <= 0;
  }

  private static List<String> lines(Path dataDirectory) throws IOException {
    Path file = pidFile(dataDirectory);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }
}
