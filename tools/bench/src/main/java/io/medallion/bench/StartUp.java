package io.medallion.bench;

import io.medallion.demo.services.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * How long a person waits: from the command to a layer that is ready, and to the first number that
 * a demo shows. Each is a process of its own, started by the launcher; layers find a lake with
 * events in it.
 */
public final class StartUp {
  private static final long EVENTS = 10_000;
  private static final int USERS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int READY = 200;

  /** What the demo's display calls its numbers, which it shows once there are any. */
  private static final String FIRST_NUMBER = "| page views";

  private record Started(String what, List<Long> millis, List<Long> cpuMillis, List<Long> memory) {}

  private final Launcher launcher;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * @param launcher the script that runs commands
   * @param folder for servers and tables; nothing is deleted
   * @param progress told what is being done
   */
  public StartUp(Path launcher, Path folder, BenchProgress progress) {
    this.launcher = new Launcher(launcher);
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /** Starts each so many times. */
  public Report run(int times) throws InterruptedException {
    List<Started> all = new ArrayList<>();
    try (TestBed bed = TestBed.open(folder.resolve("data"))) {
      long sent = bed.send(EVENTS, USERS, 1, progress);
      new MedallionBacklog(bed.configuration(), progress).drain(sent);
      for (String layer : MedallionProcesses.LAYERS) {
        all.add(started(layer + ": ready", times, layer, run -> layer(bed, layer, run)));
      }
    }
    all.add(started("demo: first number", times, "demo", this::demo));
    return report(times, all);
  }

  private interface Start {
    Running start(int run) throws IOException;
  }

  /** A process, and how one sees that it is there. */
  private record Running(Process process, Path output, Callable<Boolean> there) {}

  private Started started(String what, int times, String name, Start start)
      throws InterruptedException {
    Started started = new Started(what, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int run = 1; run <= times; run++) {
      progress.step("starting %s, %d of %d".formatted(name, run, times));
      long begun = System.nanoTime();
      try {
        Running running = start.start(run);
        try {
          awaitThere(running);
          started.millis().add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
          running
              .process()
              .info()
              .totalCpuDuration()
              .ifPresent(cpu -> started.cpuMillis().add(cpu.toMillis()));
          residentMiB(running.process()).ifPresent(started.memory()::add);
        } finally {
          running.process().destroy();
          running.process().waitFor();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return started;
  }

  private void awaitThere(Running running) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isThere(running)) {
      if (!running.process().isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("it did not start: see " + running.output());
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  private static boolean isThere(Running running) {
    try {
      return running.there().call();
    } catch (Exception e) {
      // Nobody answers yet.
      return false;
    }
  }

  private Running layer(TestBed bed, String name, int run) throws IOException {
    int port = Ports.free();
    return process(
        folder,
        name + "-" + run,
        output -> () -> status(port) == READY,
        bed.services().settings(),
        List.of(name, "--metrics.port=" + port));
  }

  private Running demo(int run) throws IOException {
    return process(
        folder.resolve("demo-" + run),
        "demo",
        output -> () -> Files.readString(output).contains(FIRST_NUMBER),
        Map.of(),
        List.of("demo"));
  }

  private interface Sight {
    Callable<Boolean> of(Path output);
  }

  private Running process(
      Path home, String name, Sight there, Map<String, String> settings, List<String> arguments)
      throws IOException {
    Files.createDirectories(home);
    Path output = home.resolve(name + ".txt");
    ProcessBuilder builder =
        launcher
            .command(home, settings, arguments)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    return new Running(builder.start(), output, there.of(output));
  }

  private static int status(int port) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/readyz").toURL().openConnection();
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }

  /** What the system says that a process holds; empty if it says nothing. */
  private static OptionalLong residentMiB(Process process) {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static Report report(int times, List<Started> all) {
    ReportTable reportTable =
        ReportTable.of(
            "from the command", "what", "times", "median s", "longest s", "CPU s", "memory MiB");
    List<Double> medians = new ArrayList<>();
    for (Started started : all) {
      double median = Freshness.median(started.millis()) / 1e3;
      medians.add(median);
      reportTable.add(
          started.what(),
          times,
          median,
          started.millis().stream().mapToLong(Long::longValue).max().orElseThrow() / 1e3,
          started.cpuMillis().isEmpty() ? null : Freshness.median(started.cpuMillis()) / 1e3,
          started.memory().isEmpty() ? null : Freshness.median(started.memory()));
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("times", times);
    return Report.of(
        "start",
        settings,
        List.of(reportTable),
        new Bars(
            "From the command",
            "seconds",
            all.stream().map(Started::what).toList(),
            Map.of(MedallionBacklog.NAME, medians)));
  }
}
