package io.medallion.cli.demo;

import java.time.Duration;

/** Says when the person, or the system, wants the demo to end. */
public interface Stop {
  /** Whether it is to end. */
  boolean asked();

  /** Waits so long; true if it is to end. */
  boolean await(Duration time) throws InterruptedException;
}
