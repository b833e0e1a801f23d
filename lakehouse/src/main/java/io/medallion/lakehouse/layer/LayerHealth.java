package io.medallion.lakehouse.layer;

import java.time.Duration;
import java.time.Instant;

/**
 * Whether a layer does its work, told from facts alone.
 *
 * @param state what it is in
 * @param reason why, for people
 */
record LayerHealth(State state, String reason) {
  /** What a layer may be in. */
  enum State {
    /** It waits for its source or its database, or has seen nothing to do and no query runs yet. */
    STARTING,
    /** Takes what comes; its first batch, which may be long, as any other. */
    WORKING,
    /** Makes its tables again, which may take long. */
    REBUILDING,
    /** Failed, waits, and will try again. */
    FAILING,
    /** Nobody can tell, because its source does not answer. */
    SOURCE_UNREACHABLE,
    /** Rows wait, and it has done nothing for too long. */
    STALLED,
    /** Ended. */
    ENDED
  }

  /**
   * What is known of a layer.
   *
   * @param running whether its thread is
   * @param working whether a query of it has been started, a batch been done, or rows were seen
   *     that it is at before its first query
   * @param rebuilding whether it makes tables again
   * @param failure what its last run failed by, while it waits for the next; null otherwise
   * @param trouble why its source cannot be looked at; null if it can
   * @param taken rows taken since its table was created, as of the last look that succeeded
   * @param waiting rows that wait, as of the same look
   * @param behindSince since when rows have waited without a look that saw none; null if none do
   * @param lastBatch when it last finished a batch; null before the first
   */
  record Facts(
      boolean running,
      boolean working,
      boolean rebuilding,
      String failure,
      String trouble,
      long taken,
      long waiting,
      Instant behindSince,
      Instant lastBatch) {}

  /**
   * Tells the state from the facts.
   *
   * @param patience how long rows may wait without one batch done
   */
  static LayerHealth of(Facts facts, Instant now, Duration patience) {
    if (!facts.running()) {
      return new LayerHealth(State.ENDED, "it has ended");
    }
    if (facts.rebuilding()) {
      return new LayerHealth(State.REBUILDING, "it makes tables anew");
    }
    if (facts.behindSince() != null) {
      Duration idle = Duration.between(sinceWhen(facts), now);
      if (idle.compareTo(patience) > 0) {
        return new LayerHealth(
            State.STALLED,
            "%d rows wait, and no batch ended for %d s"
                .formatted(facts.waiting(), idle.toSeconds()));
      }
    }
    if (facts.failure() != null) {
      return new LayerHealth(State.FAILING, facts.failure());
    }
    if (facts.trouble() != null) {
      return new LayerHealth(State.SOURCE_UNREACHABLE, facts.trouble());
    }
    return facts.working()
        ? new LayerHealth(
            State.WORKING,
            "%d of %d rows taken".formatted(facts.taken(), facts.taken() + facts.waiting()))
        : new LayerHealth(State.STARTING, "no query runs yet");
  }

  private static Instant sinceWhen(Facts facts) {
    return facts.lastBatch() != null && facts.lastBatch().isAfter(facts.behindSince())
        ? facts.lastBatch()
        : facts.behindSince();
  }

  /** Whether to leave it alone; if not, starting it again is the remedy. */
  boolean live() {
    return state != State.STALLED && state != State.ENDED;
  }

  /** Whether it does what it is there for. */
  boolean ready() {
    return state == State.WORKING;
  }
}
