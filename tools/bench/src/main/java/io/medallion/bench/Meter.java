package io.medallion.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.List;

/** Measures what a piece of work takes of this process. */
final class Meter {
  private final long cpu;
  private final long begun;

  private Meter() {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    this.cpu = cpuNanos();
    this.begun = System.nanoTime();
  }

  /**
   * What it took.
   *
   * @param time by the clock
   * @param cpu of all threads of this process, Postgres and the broker not counted
   * @param peakHeap the most that each part of the heap held, garbage included, in all; bytes
   */
  record Reading(Duration time, Duration cpu, long peakHeap) {}

  /** Begins, after a garbage collection. */
  static Meter start() {
    return new Meter();
  }

  Reading stop() {
    return new Reading(
        Duration.ofNanos(System.nanoTime() - begun),
        Duration.ofNanos(cpuNanos() - cpu),
        heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum());
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  /** The processor's time that this process has used so far, nanoseconds. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
