package io.medallion.gold;

import java.io.Serializable;

/** What happened to silver's rows on their way into the marts. Not thread-safe. */
final class Counts implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long NEVER = Long.MIN_VALUE;

  private long rows;
  private long bots;
  private long beyondLateness;
  private long oldestEvent = Long.MAX_VALUE;
  private long newestEvent = NEVER;
  private long newestKafka = NEVER;

  /** Counts a row, and says whether the marts count it too. */
  boolean admit(SilverEvent event, GoldSettings settings) {
    rows++;
    oldestEvent = Math.min(oldestEvent, event.time());
    newestEvent = Math.max(newestEvent, event.time());
    newestKafka = Math.max(newestKafka, event.kafkaTime());
    if (event.bot() && !settings.countBots()) {
      bots++;
      return false;
    }
    if (settings.beyondLateness(event)) {
      beyondLateness++;
      return false;
    }
    return true;
  }

  void add(Counts other) {
    rows += other.rows;
    bots += other.bots;
    beyondLateness += other.beyondLateness;
    oldestEvent = Math.min(oldestEvent, other.oldestEvent);
    newestEvent = Math.max(newestEvent, other.newestEvent);
    newestKafka = Math.max(newestKafka, other.newestKafka);
  }

  long rows() {
    return rows;
  }

  long bots() {
    return bots;
  }

  long beyondLateness() {
    return beyondLateness;
  }

  /** Microseconds since 1970; the end of time where there was no row. */
  long oldestEvent() {
    return oldestEvent;
  }

  /** Microseconds since 1970, or null where there was no row. */
  Long newestEvent() {
    return newestEvent == NEVER ? null : newestEvent;
  }

  /** Microseconds since 1970, or null where there was no row. */
  Long newestKafka() {
    return newestKafka == NEVER ? null : newestKafka;
  }
}
