package io.medallion.lakehouse.layer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures where the time of a batch goes. Used by one thread at a time. */
public final class PhaseTimer {
  private static final long NANOS_IN_MILLI = 1_000_000L;

  private long start = System.nanoTime();
  private final Map<String, Long> phases = new LinkedHashMap<>();
  private long last = start;

  /** Ends a phase: the time since the one before is its own. */
  public void end(String phase) {
    long now = System.nanoTime();
    phases.merge(phase, (now - last) / NANOS_IN_MILLI, Long::sum);
    last = now;
  }

  /** Leaves the time since the last phase out of everything: the batch has waited for others. */
  public void resume() {
    long now = System.nanoTime();
    start += now - last;
    last = now;
  }

  /** Counts what another clock has measured until its last phase as time of this one. */
  public void add(PhaseTimer other) {
    start -= other.last - other.start;
    other.phases.forEach((phase, millis) -> phases.merge(phase, millis, Long::sum));
  }

  /** Milliseconds by phase, in the order in which they first ended. */
  public Map<String, Long> phases() {
    return new LinkedHashMap<>(phases);
  }

  /** The time since the clock was made, with what was added and without what was left out. */
  public Duration total() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
