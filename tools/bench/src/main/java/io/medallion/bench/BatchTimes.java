package io.medallion.bench;

import io.medallion.lakehouse.layer.LayerBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long the batches of one kind took over one table. Not thread-safe. */
final class BatchTimes {
  private final long rows;
  private final String batch;
  private final List<Long> millis = new ArrayList<>();
  private final Map<String, List<Long>> phases = new TreeMap<>();

  /**
   * @param rows of the silver table
   * @param late whether the first event of each batch happened long ago
   */
  BatchTimes(long rows, boolean late) {
    this.rows = rows;
    this.batch = late ? "one of them up to a year late" : "new events";
  }

  void add(LayerBatch done) {
    millis.add(done.duration().toMillis());
    done.phases()
        .forEach((phase, time) -> phases.computeIfAbsent(phase, p -> new ArrayList<>()).add(time));
  }

  long rows() {
    return rows;
  }

  /** What the batches held, in words. */
  String batch() {
    return batch;
  }

  /** Half of the batches took at most so long, milliseconds. */
  long median() {
    return quantile(millis, 0.5);
  }

  /** Of twenty batches nineteen took at most so long, milliseconds. */
  long p95() {
    return quantile(millis, 0.95);
  }

  /** The median of each phase, milliseconds. */
  Map<String, Long> phases() {
    Map<String, Long> medians = new TreeMap<>();
    phases.forEach((phase, times) -> medians.put(phase, quantile(times, 0.5)));
    return medians;
  }

  private static long quantile(List<Long> values, double share) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }
}
