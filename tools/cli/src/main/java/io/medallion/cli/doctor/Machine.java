package io.medallion.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** What programs need of a machine, whatever their settings are. */
final class Machine {
  /** Tested by the build, in its own words: the launcher's note says the same. */
  private static final List<Integer> TESTED = List.of(17, 21, 25);

  /** The first in which Spark 4.2 runs. */
  private static final Runtime.Version FIRST = Runtime.Version.parse("17.0.11");

  private static final long GIB = 1L << 30;

  /** A layer's heap is 1 GiB by default, and Java takes about half as much besides. */
  private static final long LAYER = 3 * GIB / 2;

  /** A demo's heap is 2 GiB; broker, database and Java take the rest. */
  private static final long DEMO = 4 * GIB;

  private static final long LEAST_DISK = GIB;
  private static final long USUAL_DISK = 5 * GIB;

  private Machine() {}

  static Finding java() {
    return java(Runtime.version(), System.getProperty("java.home"));
  }

  static Finding java(Runtime.Version version, String home) {
    String text = "%s, in %s".formatted(version, home);
    String tested = "Tested are 17 (17.0.11 or later), 21 and 25; MEDALLION_JAVA selects one.";
    if (version.compareTo(FIRST) < 0) {
      return Finding.wrong("Java", text + ", is too old", tested);
    }
    return TESTED.contains(version.feature())
        ? Finding.ok("Java", text)
        : Finding.note("Java", text + ", is not one that this program is tested with", tested);
  }

  /** Of the container, where one limits it. */
  static Finding memory() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long all = system.getTotalMemorySize();
    return memory(all, available().orElse(all));
  }

  static Finding memory(long all, long available) {
    String text = "%s, of which %s are free".formatted(gibibytes(all), gibibytes(available));
    if (all < LAYER) {
      return Finding.wrong(
          "memory",
          text + "; a layer alone takes " + gibibytes(LAYER),
          "Run it where there is more, or give a layer less: MEDALLION_HEAP=512m.");
    }
    return available >= DEMO
        ? Finding.ok("memory", text)
        : Finding.note(
            "memory",
            text + "; a demo takes up to " + gibibytes(DEMO) + ", a layer " + gibibytes(LAYER),
            "End what is not needed, or give less: MEDALLION_HEAP=1g, --rate 50.");
  }

  /** What programs may still take before the system swaps, where it tells. */
  private static OptionalLong available() {
    try {
      return Files.readAllLines(Path.of("/proc/meminfo")).stream()
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Whether data can be written below a folder, which need not be there yet.
   *
   * @param what is kept there
   */
  static Finding disk(String what, Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Finding.wrong(
          what, "%s is a file".formatted(there), "Name a folder, or one that is not there yet.");
    }
    if (!Files.isWritable(there)) {
      return Finding.wrong(
          what,
          "%s cannot be written by this user".formatted(there),
          "Give this user the right, or name another folder.");
    }
    try {
      return room(what, folder, Files.getFileStore(there).getUsableSpace());
    } catch (IOException e) {
      return Finding.note(what, "%s: %s".formatted(folder, e), "");
    }
  }

  static Finding room(String what, Path folder, long bytes) {
    String text = "%s, %s free".formatted(folder, gibibytes(bytes));
    String remedy = "Make room, or name a folder on another disk.";
    if (bytes < LEAST_DISK) {
      return Finding.wrong(what, text + ", which will not last", remedy);
    }
    return bytes < USUAL_DISK
        ? Finding.note(what, text + "; a million events take some 200 MiB", remedy)
        : Finding.ok(what, text);
  }

  private static String gibibytes(long bytes) {
    return "%.1f GiB".formatted((double) bytes / GIB);
  }
}
