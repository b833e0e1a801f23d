package io.medallion.gold.mart;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

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
   * @param start the first time that an event of the window may have
   * @param end the first time after these
   */
  boolean takes(long start, long end);

  /**
   * Whether a declared mart of sessions counts an event.
   *
   * @param mart its name
   * @param key whose session it is, as Postgres writes the values
   * @param time of the event
   */
  boolean takes(String mart, Supplier<List<String>> key, long time);

  /** Whether links between ids are learnt from an event of this time. */
  boolean learns(long time);

  /**
   * Whether a relation is to see an event at all.
   *
   * @param byVisitor whether it tells visitors apart
   * @param visitor of the event, marked as {@link Stitching} does
   */
  boolean admits(boolean byVisitor, SiteVisitor visitor);

  /** Counts all of them and learns no links between ids, where a filter says nothing else. */
  sealed interface Open extends EventFilter {
    @Override
    default boolean isFor(String mart) {
      return true;
    }

    @Override
    default boolean takes(EventMart mart, SilverEvent event) {
      return true;
    }

    @Override
    default boolean takes(long start, long end) {
      return true;
    }

    @Override
    default boolean takes(String mart, Supplier<List<String>> key, long time) {
      return true;
    }

    @Override
    default boolean learns(long time) {
      return false;
    }

    @Override
    default boolean admits(boolean byVisitor, SiteVisitor visitor) {
      return true;
    }
  }

  /** Events for links between ids, and for nothing else. */
  record Learning(EventFilter times) implements Open {
    @Override
    public boolean isFor(String mart) {
      return false;
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return false;
    }

    @Override
    public boolean takes(long start, long end) {
      return false;
    }

    @Override
    public boolean takes(String mart, Supplier<List<String>> key, long time) {
      return false;
    }

    @Override
    public boolean learns(long time) {
      return times.learns(time);
    }
  }

  /**
   * Every event of some visitors, for marts that tell visitors apart.
   *
   * @param visitors marked as {@link Stitching} does
   */
  record Of(Set<SiteVisitor> visitors) implements Open {
    @Override
    public boolean admits(boolean byVisitor, SiteVisitor visitor) {
      return byVisitor && visitors.contains(visitor);
    }
  }

  /**
   * What another filter takes, but for events of some visitors in marts that tell visitors apart.
   * Nothing is learnt from it: that is done.
   *
   * @param visitors as in {@link Of}
   */
  record ButOf(EventFilter filter, Set<SiteVisitor> visitors) implements Open {
    @Override
    public boolean isFor(String mart) {
      return filter.isFor(mart);
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return filter.takes(mart, event);
    }

    @Override
    public boolean takes(long start, long end) {
      return filter.takes(start, end);
    }

    @Override
    public boolean takes(String mart, Supplier<List<String>> key, long time) {
      return filter.takes(mart, key, time);
    }

    @Override
    public boolean admits(boolean byVisitor, SiteVisitor visitor) {
      return !(byVisitor && visitors.contains(visitor));
    }
  }

  /** An ordinary merge, and a rebuild. */
  record All() implements Open {
    @Override
    public boolean learns(long time) {
      return true;
    }
  }

  /** Every event for some marts, the others being as they should. */
  record Only(Set<String> marts) implements Open {
    @Override
    public boolean isFor(String mart) {
      return marts.contains(mart);
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return marts.contains(mart.name());
    }
  }

  /** Every event of the windows that start in some times, for one mart. */
  record Starting(String mart, ReplacedRanges times) implements Open {
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

    @Override
    public boolean takes(String other, Supplier<List<String>> key, long time) {
      return false;
    }
  }

  /** Of silver as of a version: what is made again. */
  record Inside(ReplacedRanges replaced) implements Open {
    @Override
    public boolean learns(long time) {
      return replaced.holds(time);
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return mart.remakes(event, replaced);
    }

    @Override
    public boolean takes(long start, long end) {
      return replaced.touches(start, end);
    }

    @Override
    public boolean takes(String mart, Supplier<List<String>> key, long time) {
      return replaced.holds(time) || replaced.holdsFor(mart, key, time);
    }
  }

  /** Of new rows: what is added, because nothing that is made again holds it already. */
  record Outside(ReplacedRanges replaced) implements Open {
    @Override
    public boolean learns(long time) {
      return !replaced.holds(time);
    }

    @Override
    public boolean takes(EventMart mart, SilverEvent event) {
      return mart.addsBeside(event, replaced);
    }

    @Override
    public boolean takes(long start, long end) {
      return !replaced.touches(start, end);
    }

    @Override
    public boolean takes(String mart, Supplier<List<String>> key, long time) {
      return !replaced.holds(time) && !replaced.holdsFor(mart, key, time);
    }
  }
}
