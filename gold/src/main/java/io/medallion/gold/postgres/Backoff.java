package io.medallion.gold.postgres;

import java.time.Duration;

/**
 * Pauses between attempts, each twice as long as the one before, until a time is over. It runs from
 * the first failure on: an attempt may itself take long before it fails.
 */
public final class Backoff {
  /** What is in each other's way by chance is out of it at once. */
  private static final long FIRST_MILLIS = 10;

  private static final long LONGEST_MILLIS = 5_000;

  private final Duration patience;
  private Long deadline;
  private long next = FIRST_MILLIS;

  public Backoff(Duration patience) {
    this.patience = patience;
  }

  /** Waits; false if the time is over, or the thread is to stop. */
  public boolean pause() {
    if (deadline == null) {
      deadline = System.nanoTime() + patience.toNanos();
    }
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      return false;
    }
    try {
      Thread.sleep(Math.min(next, left));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    next = Math.min(2 * next, LONGEST_MILLIS);
    return true;
  }
}
