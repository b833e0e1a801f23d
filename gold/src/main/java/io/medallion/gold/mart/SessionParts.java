package io.medallion.gold.mart;

import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The sessions that some events of one key make by themselves: intervals that lie more than a gap
 * apart. An event may extend, bridge or create one. Not thread-safe.
 *
 * @param <P> what is known of a session
 * @param <E> what is known of an event
 */
public final class SessionParts<P, E> {
  /**
   * What is known of sessions, in any order of events.
   *
   * @param <P> of a session
   * @param <E> of an event
   */
  public interface Kind<P, E> {
    /** The session of one event. */
    P of(long time, E event);

    /** One event more, which may be before all others. */
    void add(P session, long time, E event);

    /** All events of a later session. */
    void add(P session, P later);

    /** Time of the last event. */
    long end(P session);
  }

  private final NavigableMap<Long, P> sessions = new TreeMap<>();
  private final Kind<P, E> kind;
  private final long gap;

  /**
   * @param gap events at most so far apart are of one session
   */
  public SessionParts(Kind<P, E> kind, long gap) {
    this.kind = kind;
    this.gap = gap;
  }

  /**
   * Takes in an event.
   *
   * @return how many sessions there are more than before, which may be negative
   */
  public int add(long time, E event) {
    int before = sessions.size();
    Map.Entry<Long, P> joined = join(time, event);
    Map.Entry<Long, P> lower = sessions.lowerEntry(joined.getKey());
    if (lower != null && bridge(lower, joined)) {
      joined = lower;
    }
    Map.Entry<Long, P> higher = sessions.higherEntry(joined.getKey());
    if (higher != null) {
      bridge(joined, higher);
    }
    return sessions.size() - before;
  }

  private Map.Entry<Long, P> join(long time, E event) {
    Map.Entry<Long, P> before = sessions.floorEntry(time);
    if (before != null && time - kind.end(before.getValue()) <= gap) {
      kind.add(before.getValue(), time, event);
      return before;
    }
    Map.Entry<Long, P> after = sessions.ceilingEntry(time);
    P session;
    if (after != null && after.getKey() - time <= gap) {
      session = sessions.remove(after.getKey());
      kind.add(session, time, event);
    } else {
      session = kind.of(time, event);
    }
    sessions.put(time, session);
    return Map.entry(time, session);
  }

  /** Merges two neighbours if they are no longer further apart than the gap. */
  private boolean bridge(Map.Entry<Long, P> first, Map.Entry<Long, P> second) {
    if (second.getKey() - kind.end(first.getValue()) > gap) {
      return false;
    }
    kind.add(first.getValue(), sessions.remove(second.getKey()));
    return true;
  }

  /** What is known of each, in order. */
  public Collection<P> all() {
    return sessions.values();
  }
}
