package io.medallion.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of a contender, and what it takes of the processor. Closing stops it. */
final class MeasuredProcess implements AutoCloseable {
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int KILLED_SECONDS = 60;
  private static final String PEAK = "VmHWM:";

  private final Process process;
  private final Path output;
  private Duration cpu = Duration.ZERO;
  private long peakBytes;

  /**
   * Starts it.
   *
   * @param output the file for what it prints
   */
  MeasuredProcess(ProcessBuilder builder, Path output) {
    this.output = output;
    try {
      process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it; what it prints goes to a new file in a folder. */
  static MeasuredProcess in(Path folder, ProcessBuilder builder) {
    return new MeasuredProcess(
        builder, folder.resolve("process-%d.txt".formatted(System.nanoTime())));
  }

  /** The processor's time of it so far; what it was last seen with once it has ended. */
  Duration cpu() {
    process.info().totalCpuDuration().ifPresent(now -> cpu = now);
    return cpu;
  }

  /** The same of it and of all that it has started. */
  Duration cpuWithChildren() {
    return ProcessorTime.withChildren(process.toHandle());
  }

  /** The most memory it has held so far, as Linux counts it; 0 on another system. */
  long peakBytes() {
    try (Stream<String> status = Files.lines(Path.of("/proc/%d/status".formatted(process.pid())))) {
      status
          .filter(line -> line.startsWith(PEAK))
          .forEach(line -> peakBytes = Long.parseLong(line.replaceAll("\\D", "")) << 10);
    } catch (IOException | UncheckedIOException e) {
      // It has ended, or this is no Linux: what was seen last stands.
      return peakBytes;
    }
    return peakBytes;
  }

  /** Fails if it has ended. */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("a process ended: see " + output);
    }
  }

  /**
   * Waits for its end.
   *
   * @return what it took of the processor, short by at most 50 ms
   * @throws IllegalStateException if it ends with anything but 0
   */
  Duration await() throws InterruptedException {
    while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      cpu();
      peakBytes();
    }
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          "a process ended with %d: see %s".formatted(process.exitValue(), output));
    }
    return cpu;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(KILLED_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
