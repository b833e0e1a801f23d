package io.medallion.gold.source;

import io.medallion.gold.merge.GoldMerge;

/**
 * Whole versions of silver's table.
 *
 * @param after the version before the first one; {@link GoldMerge#NOTHING_MERGED} for all of them
 * @param upTo the last version
 */
public record SilverRange(long after, long upTo) {
  /** Refuses a range that goes backwards. */
  public SilverRange {
    if (upTo < after) {
      throw new IllegalArgumentException("versions (%d, %d] go backwards".formatted(after, upTo));
    }
  }
}
