package io.medallion.gold.stage;

import io.medallion.gold.mart.Mart;
import io.medallion.gold.mart.ReplacedRanges;
import io.medallion.gold.mart.SilverEvent;
import java.io.Serializable;
import java.util.Set;

/** Which events of a pass over silver count for which marts. */
public sealed interface EventFilter extends Serializable {
  /** Every event for every mart. */
  EventFilter ALL = new All();

  boolean takes(Mart mart, SilverEvent event);

  /** An ordinary merge, and a rebuild. */
  record All() implements EventFilter {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return true;
    }
  }

  /** Every event for some marts, the others being as they should. */
  record Only(Set<String> marts) implements EventFilter {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return marts.contains(mart.name());
    }
  }

  /** Every event of some times for one mart. */
  record During(String mart, ReplacedRanges times) implements EventFilter {
    @Override
    public boolean takes(Mart other, SilverEvent event) {
      return other.name().equals(mart) && times.holds(event.time());
    }
  }

  /** Of silver as of a version: what is made again. */
  record Inside(ReplacedRanges replaced) implements EventFilter {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return mart.remakes(event, replaced);
    }
  }

  /** Of new rows: what is added, because nothing that is made again holds it already. */
  record Outside(ReplacedRanges replaced) implements EventFilter {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return mart.addsBeside(event, replaced);
    }
  }
}
