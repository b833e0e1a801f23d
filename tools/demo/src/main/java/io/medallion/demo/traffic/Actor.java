package io.medallion.demo.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One thread of the simulator: a crowd, a sink, and what went from one to the other. */
final class Actor {
  /** Shorter waits cost more than they are worth. */
  private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final boolean paced;
  private final long count;
  private final boolean keepsTruth;
  private final long startMicros;
  private final Population population;
  private final EventSink sink;
  private final Tally tally = new Tally();
  private final GroundTruth truth = new GroundTruth();
  private volatile boolean stopping;
  private volatile long sent;

  Actor(TrafficSettings settings, PopulationClock clock, int thread, EventSink sink) {
    this.paced = settings.rate() > 0;
    this.count =
        settings.count() == 0
            ? Long.MAX_VALUE
            : (settings.count() - thread + settings.threads() - 1) / settings.threads();
    this.keepsTruth = settings.groundTruth();
    this.startMicros = clock.startMicros();
    this.population = new Population(settings, clock, thread);
    this.sink = sink;
  }

  /** Sends until the count is reached or somebody stops it. */
  void play(long startNanos) {
    while (!stopping && sent < count) {
      if (!paced || isDue(startNanos)) {
        Emission emission = population.next();
        sink.send(emission.key(), emission.value(), emission.elsewhere());
        tally.count(emission);
        if (keepsTruth) {
          truth.observe(emission);
        }
        sent = tally.sent;
      }
    }
  }

  void stop() {
    stopping = true;
  }

  long sent() {
    return sent;
  }

  EventSink sink() {
    return sink;
  }

  /** To be read when the thread has ended. */
  Tally tally() {
    return tally;
  }

  /** To be read when the thread has ended. */
  GroundTruth truth() {
    return truth;
  }

  /** Whether the next record's time has come; waits a little if it has not. */
  private boolean isDue(long startNanos) {
    long due = startNanos + TimeUnit.MICROSECONDS.toNanos(population.nextMicros() - startMicros);
    long wait = due - System.nanoTime();
    if (wait <= 0) {
      return true;
    }
    LockSupport.parkNanos(Math.max(SHORTEST_WAIT_NANOS, Math.min(wait, LONGEST_WAIT_NANOS)));
    return false;
  }
}
