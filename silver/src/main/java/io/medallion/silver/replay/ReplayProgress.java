package io.medallion.silver.replay;

/**
 * How far a replay is.
 *
 * @param parsed records judged so far
 * @param expected how many there will be in all, as far as is known; 0 before that is known
 */
public record ReplayProgress(long parsed, long expected) {
  /** The part done, from 0 to 1. */
  public double part() {
    return expected == 0 ? 0 : Math.min(1, (double) parsed / expected);
  }
}
