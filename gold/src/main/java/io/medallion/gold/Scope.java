package io.medallion.gold;

import java.io.Serializable;
import java.util.Set;

/** Which events of a pass over silver count for which marts. */
sealed interface Scope extends Serializable {
  /** Every event for every mart. */
  Scope ALL = new All();

  boolean takes(Mart mart, SilverEvent event);

  /** An ordinary merge, and a rebuild. */
  record All() implements Scope {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return true;
    }
  }

  /** Every event for some marts, the others being as they should. */
  record Only(Set<String> marts) implements Scope {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return marts.contains(mart.name());
    }
  }

  /** Every event of some times for one mart. */
  record During(String mart, Remade times) implements Scope {
    @Override
    public boolean takes(Mart other, SilverEvent event) {
      return other.name().equals(mart) && times.holds(event.time());
    }
  }

  /** Of silver as of a version: what is made anew. */
  record Inside(Remade remade) implements Scope {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return mart.remakes(event, remade);
    }
  }

  /** Of new rows: what is added, because nothing that is made anew holds it already. */
  record Outside(Remade remade) implements Scope {
    @Override
    public boolean takes(Mart mart, SilverEvent event) {
      return mart.addsBeside(event, remade);
    }
  }
}
