package io.medallion.gold.mart;

import java.io.Serializable;

/** What happened to silver's rows on their way into the marts. Not thread-safe. */
public final class Counts implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long NEVER = Long.MIN_VALUE;

  private long rows;
  private long bots;
  private long lateDropped;
  private long placeholders;
  private long oldestEvent = Long.MAX_VALUE;
  private long newestEvent = NEVER;
  private long newestKafka = NEVER;

  /** Counts a row, and says whether the marts count it too. */
  public boolean admit(SilverEvent event, GoldSettings settings) {
    rows++;
    oldestEvent = Math.min(oldestEvent, event.time());
    newestEvent = Math.max(newestEvent, event.time());
    newestKafka = Math.max(newestKafka, event.kafkaTime());
    if (settings.stitching().refusesLink(event)) {
      placeholders++;
    }
    if (event.bot() && !settings.countBots()) {
      bots++;
      return false;
    }
    if (settings.dropsAsLate(event)) {
      lateDropped++;
      return false;
    }
    return true;
  }

  public void add(Counts other) {
    rows += other.rows;
    bots += other.bots;
    lateDropped += other.lateDropped;
    placeholders += other.placeholders;
    oldestEvent = Math.min(oldestEvent, other.oldestEvent);
    newestEvent = Math.max(newestEvent, other.newestEvent);
    newestKafka = Math.max(newestKafka, other.newestKafka);
  }

  public long rows() {
    return rows;
  }

  public long bots() {
    return bots;
  }

  public long lateDropped() {
    return lateDropped;
  }

  /** Events that would link ids if one of these were not a placeholder. */
  public long placeholders() {
    return placeholders;
  }

  /** Microseconds since 1970; the end of time if there was no row. */
  public long oldestEvent() {
    return oldestEvent;
  }

  /** Microseconds since 1970, or null if there was no row. */
  public Long newestEvent() {
    return newestEvent == NEVER ? null : newestEvent;
  }

  /** Microseconds since 1970, or null if there was no row. */
  public Long newestKafka() {
    return newestKafka == NEVER ? null : newestKafka;
  }
}
