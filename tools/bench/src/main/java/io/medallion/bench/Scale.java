package io.medallion.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medallion.common.config.Keys;
import io.medallion.demo.services.PostgresServer;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a backlog costs each layer on a Spark cluster, apart for its driver, its executors and
 * Postgres, and how many events a second follow for clusters that this machine is not.
 */
public final class Scale {
  private static final int[] CORES = {8, 32, 100};
  private static final double MIB = 1 << 20;
  private static final long WARM_UP = 10_000;
  private static final Map<String, TableDefinition> WRITTEN =
      Map.of("bronze", TableDefinition.BRONZE, "silver", TableDefinition.SILVER);

  private final Launcher launcher;
  private final Path folder;
  private final BenchProgress progress;

  /**
   * A measurement.
   *
   * @param launcher the script that runs our commands
   * @param folder for servers, tables and the cluster; nothing is deleted
   * @param progress told what is being done
   */
  public Scale(Path launcher, Path folder, BenchProgress progress) {
    this.launcher = new Launcher(launcher.toAbsolutePath());
    this.folder = folder.toAbsolutePath();
    this.progress = progress;
  }

  /**
   * What a layer took of a backlog.
   *
   * @param executors and workers, which do next to nothing themselves
   */
  private record Cost(Duration driver, Duration executors, Duration postgres, long events) {
    /** In CPU seconds a million events. */
    double perMillion(Duration cpu) {
      return cpu.toNanos() / 1e3 / events;
    }

    /**
     * How many events a second so many cores of executors can take, if the driver and Postgres have
     * one core each: one session merges, and what a driver does is one thing after the other.
     */
    double ceiling(int cores) {
      return Math.min(
          1e6 * cores / perMillion(executors),
          Math.min(1e6 / perMillion(driver), 1e6 / Math.max(1e-3, perMillion(postgres))));
    }
  }

  /**
   * Measures.
   *
   * @param events of the backlog
   * @param users who sent them
   * @param workers of the cluster, each of one core
   * @param memory of an executor, as {@code 2g}
   */
  public Report run(long events, int users, int workers, String memory)
      throws InterruptedException {
    Path spark = folder.resolve("spark");
    Map<String, Cost> costs = new LinkedHashMap<>();
    ReportTable cost =
        ReportTable.of(
            "CPU s per million events",
            "layer",
            "seconds",
            "driver",
            "executors",
            "Postgres",
            "tasks",
            "files",
            "MiB shuffled",
            "MiB to the driver");
    try (TestBed bed = TestBed.open(folder.resolve("data"));
        SparkCluster cluster = SparkCluster.start(spark, workers, memory)) {
      PostgresServer postgres = bed.services().postgres();
      MedallionProcesses layers = new MedallionProcesses(launcher, flags(cluster, memory));
      long first = bed.send(Math.min(events, WARM_UP), users, 1, progress);
      progress.step("each layer takes %,d events first".formatted(first));
      layers.drain(bed, folder, progress);
      long sent = bed.send(events, users, 2, progress);
      List<ProcessBuilder> builders = layers.draining(bed, folder);
      for (int i = 0; i < builders.size(); i++) {
        String layer = MedallionProcesses.LAYERS.get(i);
        progress.step(layer + " takes them");
        final TableWrites before = written(bed, layer);
        final Duration executors = cluster.executors();
        final Duration merging = ProcessorTime.withChildren(postgres.process());
        final long begun = System.nanoTime();
        Duration driver;
        try (MeasuredProcess process = MeasuredProcess.in(folder, builders.get(i))) {
          driver = process.await();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Cost found =
            new Cost(
                driver,
                cluster.executors().minus(executors),
                ProcessorTime.withChildren(postgres.process()).minus(merging),
                sent);
        costs.put(layer, found);
        Tasks tasks = Tasks.newestIn(cluster.events());
        cost.add(
            layer,
            seconds,
            found.perMillion(found.driver()),
            found.perMillion(found.executors()),
            found.perMillion(found.postgres()),
            tasks.count(),
            before == null ? null : written(bed, layer).files() - before.files(),
            tasks.shuffledBytes() / MIB,
            tasks.resultBytes() / MIB);
      }
    }
    ReportTable ceilings =
        ReportTable.of(
            "events/s that follow", "layer", "8 cores", "32 cores", "100 cores", "then full");
    Map<String, List<Double>> series = new LinkedHashMap<>();
    for (int cores : CORES) {
      series.put(
          cores + " cores", costs.values().stream().map(each -> each.ceiling(cores)).toList());
    }
    costs.forEach(
        (layer, each) ->
            ceilings.add(
                layer,
                Math.round(each.ceiling(CORES[0])),
                Math.round(each.ceiling(CORES[1])),
                Math.round(each.ceiling(CORES[2])),
                each.postgres().compareTo(each.driver()) > 0 ? "Postgres" : "driver"));
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("events", events);
    settings.put("users", users);
    settings.put("workers", workers);
    settings.put("executor memory", memory);
    return Report.of(
        "scale",
        settings,
        List.of(cost, ceilings),
        new Bars("What a cluster would take", "events/s", List.copyOf(costs.keySet()), series));
  }

  private static Map<String, List<String>> flags(SparkCluster cluster, String memory) {
    List<String> flags = new ArrayList<>();
    cluster.settings(memory).forEach((key, value) -> flags.add("--%s=%s".formatted(key, value)));
    flags.add("--%s=true".formatted(Keys.LAKE_SHARED_FOLDER.name()));
    Map<String, List<String>> all = new TreeMap<>();
    MedallionProcesses.LAYERS.forEach(layer -> all.put(layer, flags));
    return all;
  }

  /** Null of a layer whose tables are not in the lake. */
  private static TableWrites written(TestBed bed, String layer) {
    TableDefinition table = WRITTEN.get(layer);
    return table == null ? null : TableWrites.of(bed.folderOf(table));
  }

  /**
   * What an application told of its tasks.
   *
   * @param count how many there were
   * @param shuffledBytes that tasks wrote for other tasks
   * @param resultBytes that went to the driver
   */
  private record Tasks(long count, long shuffledBytes, long resultBytes) {
    static Tasks newestIn(Path folder) {
      ObjectMapper json = new ObjectMapper();
      long count = 0;
      long shuffled = 0;
      long results = 0;
      try (Stream<Path> files = Files.list(folder)) {
        Path newest =
            files
                .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                .orElseThrow();
        try (Stream<String> lines = Files.lines(newest)) {
          for (String line : (Iterable<String>) lines::iterator) {
            if (line.contains("\"SparkListenerTaskEnd\"")) {
              JsonNode metrics = json.readTree(line).path("Task Metrics");
              count++;
              shuffled += metrics.at("/Shuffle Write Metrics/Shuffle Bytes Written").asLong();
              results += metrics.path("Result Size").asLong();
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Tasks(count, shuffled, results);
    }
  }
}
