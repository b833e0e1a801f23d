package io.medallion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A layer in a process of its own, as often as it must be started. What it says is kept. */
final class LayerProcess implements AutoCloseable {
  /** The options of a Java that is to be up soon. */
  static final List<String> FOR_SHORT_RUNS = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** Those of the launcher. */
  static final List<String> FOR_LONG_RUNS = List.of("-XX:+UseParallelGC");

  private final String layer;
  private final Map<String, String> settings;
  private final List<String> tuning;
  private final Path log;
  private Process process;
  private long batchesBefore;

  /**
   * @param settings of the program, by key; they reach it by its environment
   * @param logs the folder for what it says
   * @param tuning options of its Java
   */
  LayerProcess(String layer, Map<String, String> settings, Path logs, List<String> tuning) {
    this.layer = layer;
    this.settings = Map.copyOf(settings);
    this.tuning = List.copyOf(tuning);
    this.log = logs.resolve(layer + ".log");
  }

  String layer() {
    return layer;
  }

  Path log() {
    return log;
  }

  /** Starts it, also again. */
  void start(String... arguments) {
    launch(List.of(), List.of(arguments));
  }

  /** The same, to end there by itself. */
  void startToCrash(CrashPoint point) {
    launch(Crash.options(point), Crash.arguments(settings));
  }

  /** The same at a place of its first start. */
  void startToCrash(FirstStartPoint point) {
    launch(Crash.options(point), Crash.arguments(settings));
  }

  private void launch(List<String> options, List<String> arguments) {
    batchesBefore = batches();
    String main =
        "io.medallion.%s.%sJob"
            .formatted(layer, layer.substring(0, 1).toUpperCase(Locale.ROOT) + layer.substring(1));
    List<String> command =
        new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx1g"));
    command.addAll(
        Arrays.asList(System.getProperty("medallion.spark.jvm.options").trim().split("\\s+")));
    command.addAll(tuning);
    command.addAll(options);
    command.addAll(
        List.of(
            "-Dspark.master=local[2]",
            "-Dlog4j2.configurationFile=layer-log4j2.xml",
            "-cp",
            System.getProperty("java.class.path"),
            main));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    settings.forEach(
        (key, value) ->
            builder
                .environment()
                .put(
                    "MEDALLION_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
                    value));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the one that was started last. */
  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process != null && process.isAlive();
  }

  /** Whether it has done a batch since it was started last. */
  boolean works() {
    return alive() && batches() > batchesBefore;
  }

  /** Waits for its first batch since it was started last. */
  void awaitWorking(Duration patience) {
    await()
        .atMost(patience)
        .until(
            () -> {
              assertThat(alive()).as("%s runs; see %s", layer, log).isTrue();
              return works();
            });
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** It stands still for so long, and does not know. */
  void freeze(Duration length) {
    signal("STOP");
    try {
      assertThat(process.waitFor(length.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      signal("CONT");
    }
  }

  private void signal(String name) {
    try {
      assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor())
          .isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** SIGTERM: it ends in order. */
  void stop() {
    process.destroy();
    awaitEnd();
  }

  int awaitEnd() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The same, if it may be that it never ends. */
  int awaitEnd(Duration patience) {
    await().atMost(patience).until(() -> !alive());
    return awaitEnd();
  }

  /** The lines of its log. */
  List<String> lines() {
    if (!Files.exists(log)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(log)) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many batches it has done, over all its lives. */
  long batches() {
    return count(" version=");
  }

  /** How often it has failed and gone on by itself. */
  long failures() {
    return count(" failed and goes on");
  }

  private long count(String said) {
    return lines().stream().filter(line -> line.contains("layer=" + layer + said)).count();
  }

  @Override
  public void close() {
    if (alive()) {
      kill();
    }
  }
}
