package io.medallion.gold.mart;

import java.io.Serializable;
import java.util.Set;

/** Which events of a pass over silver count for which marts, and for which of their windows. */
public sealed interface EventFilter extends Serializable {
  /** Every event for every mart. */
  EventFilter ALL = new All();

  /** Whether the mart counts any event. */
  boolean isFor(String mart);

  /** Whether a mart that is a class counts the event. */
  boolean takes(EventMart mart, SilverEvent event);

  /**
   * Whether a declared mart counts an event in a window.
   *
   * @param start of the window
   * @param end the first time after it
   */
  boolean takes(long start, long end);

  /** An ordinary merge, and a rebuild. */
  record All() implements EventFilter {
    @Override
    public boolean isFor(String mart) {
      return true;
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return true;
    }

    @Override
    public boolean takes(long start, long end) {
      return true;
    }
  }

  /** Every event for some marts, the others being as they should. */
  record Only(Set<String> marts) implements EventFilter {
    @Override
    public boolean isFor(String mart) {
      return marts.contains(mart);
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return marts.contains(mart.name());
    }

    @Override
    public boolean takes(long start, long end) {
      return true;
    }
  }

  /** Every event of the windows that start in some times, for one mart. */
  record Starting(String mart, ReplacedRanges times) implements EventFilter {
    @Override
    public boolean isFor(String other) {
      return other.equals(mart);
    }

    @Override
    public boolean takes(EventMart other, SilverEvent event) {
      return false;
    }

    @Override
    public boolean takes(long start, long end) {
      return times.holds(start);
    }
  }

  /** Of silver as of a version: what is made again. */
  record Inside(ReplacedRanges replaced) implements EventFilter {
    @Override
    public boolean isFor(String mart) {
      return true;
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return mart.remakes(event, replaced);
    }

    @Override
    public boolean takes(long start, long end) {
      return replaced.touches(start, end);
    }
  }

  /** Of new rows: what is added, because nothing that is made again holds it already. */
  record Outside(ReplacedRanges replaced) implements EventFilter {
    @Override
    public boolean isFor(String mart) {
      return true;
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return mart.addsBeside(event, replaced);
    }

    @Override
    public boolean takes(long start, long end) {
      return !replaced.touches(start, end);
    }
  }
}
