package io.medallion.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What Linux says a process took of the processor. */
final class ProcessorTime {
  /** Of a second, in {@code /proc}: the same on every Linux that Java runs on. */
  private static final long TICKS = 100;

  /** Where the times stand in {@code /proc/PID/stat} behind the name, by proc(5). */
  private static final int FIRST = 11;

  private static final int LAST = 14;

  private ProcessorTime() {}

  /** Of a process, of all below it that run, and of those that have ended. */
  static Duration withChildren(ProcessHandle process) {
    Duration time = ofOneAndEnded(process);
    for (ProcessHandle child : process.children().toList()) {
      time = time.plus(withChildren(child));
    }
    return time;
  }

  private static Duration ofOneAndEnded(ProcessHandle process) {
    Path stat = Path.of("/proc/%d/stat".formatted(process.pid()));
    try {
      String line = Files.readString(stat);
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = 0;
      for (int i = FIRST; i <= LAST; i++) {
        ticks += Long.parseLong(fields[i]);
      }
      return Duration.ofMillis(1_000 * ticks / TICKS);
    } catch (IOException e) {
      if (!process.isAlive()) {
        return Duration.ZERO;
      }
      throw new UncheckedIOException(e);
    }
  }
}
