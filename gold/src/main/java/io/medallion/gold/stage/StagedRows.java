package io.medallion.gold.stage;

import io.medallion.gold.mart.Counts;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * What one task made of its part of silver: the partial aggregates themselves if they are small,
 * else how many of them lie in Postgres under its attempt.
 */
public final class StagedRows implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<String, byte[]> inline = new HashMap<>();
  private final Map<String, Long> copied = new HashMap<>();
  private final long attempt;
  private final Counts counts;

  StagedRows(long attempt, Counts counts) {
    this.attempt = attempt;
    this.counts = counts;
  }

  public void inline(String mart, byte[] rows) {
    inline.put(mart, rows);
  }

  public void copied(String mart, long rows) {
    copied.merge(mart, rows, Long::sum);
  }

  /** Rows in COPY's format, or null if the task emitted none or copied them itself. */
  public byte[] inline(String mart) {
    return inline.get(mart);
  }

  /** Rows of a mart that lie in its staging table. */
  public long copied(String mart) {
    return copied.getOrDefault(mart, 0L);
  }

  public long attempt() {
    return attempt;
  }

  Counts counts() {
    return counts;
  }
}
