package io.medallion.bench;

import io.medallion.lakehouse.layer.LayerBatch;
import java.time.Duration;
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

  private Duration cpu = Duration.ZERO;

  /**
   * @param rows of the silver table
   * @param batch what the batches held, in words
   */
  BatchTimes(long rows, String batch) {
    this.rows = rows;
    this.batch = batch;
  }

  /**
   * Takes in a batch.
   *
   * @param used by all of this process meanwhile
   */
  void add(LayerBatch done, Duration used) {
    cpu = cpu.plus(used);
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

  /** What the process used for each on average, whoever made the batch included, milliseconds. */
  long meanCpu() {
    return cpu.toMillis() / millis.size();
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
