package io.medallion.lakehouse.delta;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who writes the files of a lake's tables: the fast writer, or Delta's own because a setting asks
 * for it or because a table needs it; and how often the latter was so. Thread-safe.
 */
public final class WriterChoice {
  private static final Logger LOG = LoggerFactory.getLogger(WriterChoice.class);

  private final boolean fast;
  private final Map<String, LongAdder> fallbacks = new ConcurrentHashMap<>();
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  /**
   * @param fast whether the fast writer is used where a table allows it
   */
  public WriterChoice(boolean fast) {
    this.fast = fast;
  }

  boolean fast() {
    return fast;
  }

  /**
   * Counts a write that falls back to Delta's own writer, and logs each reason once.
   *
   * @param table its name
   * @param reason what the fast writer cannot do
   */
  void fallsBack(String table, String reason) {
    fallbacks.computeIfAbsent(table, name -> new LongAdder()).increment();
    if (logged.add(table + " " + reason)) {
      LOG.warn(
          "Delta's own writer writes the {} table, which takes longer: {}. It goes on so until that"
              + " changes; medallion_writer_fallbacks_total counts.",
          table,
          reason);
    }
  }

  /** How many writes fell back, by table; without those that never had to. */
  public Map<String, Long> fallbacks() {
    Map<String, Long> counts = new TreeMap<>();
    fallbacks.forEach((table, count) -> counts.put(table, count.sum()));
    return counts;
  }
}
