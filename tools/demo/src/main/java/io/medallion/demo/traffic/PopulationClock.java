package io.medallion.demo.traffic;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time that people live in: it moves by the same step from record to record, so that a run can
 * be repeated. With a pace it keeps step with the wall clock.
 *
 * @param startMicros the time of the first record, in epoch microseconds
 * @param tickMicros from one record of a thread to its next, in microseconds
 */
record PopulationClock(long startMicros, double tickMicros) {
  /** Events a second of event time if there is no pace but a count. */
  private static final double HISTORY_RATE = 1_000;

  /**
   * If there is neither, more than anybody can send, so that event time does not run ahead of the
   * broker's.
   */
  private static final double FASTEST_RATE = 2_000_000;

  static PopulationClock of(TrafficSettings settings, Instant now) {
    double rate = rate(settings);
    Instant start = settings.start();
    if (start == null) {
      boolean history = settings.rate() == 0 && settings.count() > 0;
      start = history ? now.minusMillis((long) (settings.count() * 1_000 / rate)) : now;
    }
    return new PopulationClock(
        ChronoUnit.MICROS.between(Instant.EPOCH, start), settings.threads() * 1e6 / rate);
  }

  long micros(long tick) {
    return startMicros + (long) (tick * tickMicros);
  }

  private static double rate(TrafficSettings settings) {
    if (settings.rate() > 0) {
      return settings.rate();
    }
    return settings.count() > 0 ? HISTORY_RATE : FASTEST_RATE;
  }
}
