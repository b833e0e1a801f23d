package io.medallion.bench;

import java.util.List;

/**
 * When one event came where, milliseconds since 1970.
 *
 * @param sent when the producer gave its record
 * @param arrivals when each stage had it, the last of which makes it visible in Postgres
 */
record Trace(long sent, List<Long> arrivals) {
  static Trace of(long sent, Long... arrivals) {
    return new Trace(sent, List.of(arrivals));
  }

  long visible() {
    return arrivals.get(arrivals.size() - 1);
  }

  long age() {
    return visible() - sent;
  }

  /** How long it took to a stage from the one before. */
  long step(int stage) {
    return arrivals.get(stage) - (stage == 0 ? sent : arrivals.get(stage - 1));
  }

  boolean sentBetween(long from, long to) {
    return sent >= from && sent < to;
  }

  /** Whether it was on its way at a moment. */
  boolean underWayAt(long moment) {
    return sent < moment && visible() >= moment;
  }
}
