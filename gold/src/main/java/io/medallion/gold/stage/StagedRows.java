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
  private final Map<String, String> failures;

  StagedRows(long attempt, Counts counts) {
    this(attempt, counts, Map.of());
  }

  private StagedRows(long attempt, Counts counts, Map<String, String> failures) {
    this.attempt = attempt;
    this.counts = counts;
    this.failures = failures;
  }

  /** Of a task that ended at an event over which a mart failed: there are no rows. */
  static StagedRows failed(long attempt, Map<String, String> failures) {
    return new StagedRows(attempt, new Counts(), new HashMap<>(failures));
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

  /** Why marts failed, by name; empty if none did. */
  Map<String, String> failures() {
    return failures;
  }

  Counts counts() {
    return counts;
  }
}
