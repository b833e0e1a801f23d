package io.medallion.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a benchmark ran, without which its numbers say nothing.
 *
 * @param system the operating system
 * @param processor its model, where the system tells
 * @param cores that Java may use
 * @param memoryMiB of the machine
 * @param heapMiB that this process may use
 * @param java the version
 * @param spark the version
 * @param delta the version
 */
public record Machine(
    String system,
    String processor,
    int cores,
    long memoryMiB,
    long heapMiB,
    String java,
    String spark,
    String delta) {

  static Machine here() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Machine(
        system.getName() + " " + system.getVersion(),
        model(),
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize() >> 20,
        Runtime.getRuntime().maxMemory() >> 20,
        System.getProperty("java.runtime.version"),
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        io.delta.package$.MODULE$.VERSION());
  }

  /** It in a line. */
  public String line() {
    return "%s, %s, %d cores, %,d MiB, heap %,d MiB, Java %s, Spark %s, Delta %s"
        .formatted(system, processor, cores, memoryMiB, heapMiB, java, spark, delta);
  }

  private static String model() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
