package io.medallion.gold.mart;

import java.io.Serializable;

/**
 * A visitor: of two sites it is two.
 *
 * @param site as a key of gold's tables
 * @param visitor of that site
 */
public record SiteVisitor(String site, String visitor) implements Serializable {
  static SiteVisitor of(SilverEvent event) {
    return new SiteVisitor(event.site(), event.visitor());
  }
}
