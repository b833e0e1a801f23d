package io.medallion.demo.services;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A process by its pid and start, so that another process that got the pid later does not count.
 *
 * @param pid the number of the process
 * @param startMillis when it started, in epoch milliseconds; 0 if the platform does not tell
 */
record ProcessIdentity(long pid, long startMillis) {
  /** The kernel tells the start in ticks since boot, whose own time is in whole seconds. */
  private static final long TOLERANCE_MILLIS = 3_000;

  private static final String PID = "services.pid";
  private static final String START = "services.start-millis";

  static ProcessIdentity of(ProcessHandle process) {
    return new ProcessIdentity(process.pid(), startOf(process));
  }

  static ProcessIdentity current() {
    return of(ProcessHandle.current());
  }

  static Optional<ProcessIdentity> from(Map<String, String> entries) {
    try {
      return Optional.of(
          new ProcessIdentity(
              Long.parseLong(entries.getOrDefault(PID, "")),
              Long.parseLong(entries.getOrDefault(START, "0"))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  Map<String, String> entries() {
    return Map.of(PID, Long.toString(pid), START, Long.toString(startMillis));
  }

  static boolean isEntry(String name) {
    return name.equals(PID) || name.equals(START);
  }

  /** The process, if it is alive and the same. */
  Optional<ProcessHandle> alive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(p -> isClose(startOf(p), startMillis));
  }

  /** Waits for its end, then ends it by force. */
  void awaitEnd(Duration patience) {
    alive()
        .ifPresent(
            process -> {
              if (!Processes.ended(process, patience)) {
                process.destroyForcibly();
                Processes.ended(process, patience);
              }
            });
  }

  private static boolean isClose(long one, long other) {
    return one == 0 || other == 0 || Math.abs(one - other) <= TOLERANCE_MILLIS;
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }
}
