package io.medallion.lakehouse.layer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How long the oldest row that waits has waited, told from how far the source went at earlier
 * looks: without reading the row. Between two looks rows are taken to have come evenly. Used by one
 * thread.
 */
public final class LagEstimator {
  /** Looks kept; of an hour and more of waiting every second one is enough. */
  private static final int MOST_LOOKS = 1_000;

  private record Look(Instant at, long end) {}

  private final Deque<Look> looks = new ArrayDeque<>();

  /**
   * A look at layer and source.
   *
   * @param now when; never before the last look
   * @param taken rows that the layer has taken
   * @param waiting rows behind them
   * @param newestTaken the time of the newest row taken, where the wait is taken to have begun that
   *     was there at the first look; may be null
   * @return zero if nothing waits
   */
  public Duration lag(Instant now, long taken, long waiting, Instant newestTaken) {
    long end = taken + waiting;
    if (waiting <= 0 || (!looks.isEmpty() && end < looks.getLast().end())) {
      looks.clear();
    }
    if (waiting <= 0) {
      looks.add(new Look(now, end));
      return Duration.ZERO;
    }
    if (looks.isEmpty()) {
      boolean known = newestTaken != null && newestTaken.isBefore(now);
      looks.add(new Look(known ? newestTaken : now, taken));
    }
    looks.add(new Look(now, end));
    thin();
    return Duration.between(since(taken), now);
  }

  /** When the row behind those taken came. Forgets the looks that are of no more use for that. */
  private Instant since(long taken) {
    Look before = looks.removeFirst();
    while (looks.size() > 1 && looks.getFirst().end() <= taken) {
      before = looks.removeFirst();
    }
    Look after = looks.getFirst();
    looks.addFirst(before);
    long came = after.end() - before.end();
    if (came <= 0 || taken <= before.end()) {
      return before.at();
    }
    double part = Math.min(1, (double) (taken - before.end()) / came);
    return before
        .at()
        .plusMillis((long) (Duration.between(before.at(), after.at()).toMillis() * part));
  }

  private void thin() {
    if (looks.size() > MOST_LOOKS) {
      boolean[] odd = {true};
      looks.removeIf(look -> odd[0] ^= true);
    }
  }
}
