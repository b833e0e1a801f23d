package io.medallion.silver;

import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.Rewrite;

/** Leaves word of a rewrite while its commits are being made. */
record Rewrites(Lake lake) {
  void begin(Rewrite rewrite) {
    lake.begin(rewrite);
  }

  /**
   * Ends it, and the word that an earlier one left which was cut off: this one has done its work.
   */
  void end(Rewrite rewrite) {
    String kind = kind(rewrite);
    lake.unfinishedRewrites().stream()
        .filter(other -> kind(other).equals(kind) && rewrite.days().containsAll(other.days()))
        .forEach(lake::end);
    lake.end(rewrite);
  }

  private static String kind(Rewrite rewrite) {
    return rewrite.id().substring(0, rewrite.id().indexOf('-'));
  }
}
