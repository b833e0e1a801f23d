package io.medallion.bench;

import com.sun.management.OperatingSystemMXBean;
import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.demo.services.Services;
import io.medallion.demo.services.ServicesSettings;
import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficSettings;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeSession;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerMain;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableFile;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;

/**
 * How fast each layer takes a backlog: events of the simulator's usual mix lie in Kafka, then
 * bronze, silver and gold run one after the other, each from start to end. A smaller backlog before
 * it warms the process up.
 */
public final class Drain {
  private static final int PARTITIONS = 4;

  /**
   * One layer over the whole backlog.
   *
   * @param layer its name
   * @param events records of the backlog
   * @param time by the clock
   * @param cpu of this process, Postgres and the broker not counted
   * @param peakHeap the most heap that was in use, bytes
   * @param files that its table has then; 0 for gold
   * @param bytes that they hold
   */
  public record Result(
      String layer,
      long events,
      Duration time,
      Duration cpu,
      long peakHeap,
      int files,
      long bytes) {
    /** Events a second. */
    public long rate() {
      return Math.round(events / (time.toNanos() / 1e9));
    }
  }

  private final Path folder;
  private final Consumer<String> progress;

  /**
   * A drain.
   *
   * @param folder for servers and lake; nothing is deleted
   * @param progress told what is being done
   */
  public Drain(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.progress = progress;
  }

  /** Drains so many events of so many users. */
  public List<Result> run(long events, int users) throws InterruptedException {
    try (Services services =
        Services.start(ServicesSettings.in(folder, folder.resolve("running.properties")))) {
      Configuration configuration =
          Configuration.builder()
              .services(services.settings(), "the benchmark")
              .flag("spark.master", "local[2]")
              .build();
      try (SparkSession session = LakeSession.create("drain", configuration)) {
        Lake lake = Lake.open(session, configuration);
        layers(lake, configuration, send(services, events / 10, users, 1));
        return layers(lake, configuration, send(services, events, users, 2));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private long send(Services services, long events, int users, long seed) {
    progress.accept("sending %,d events into %d partitions".formatted(events, PARTITIONS));
    return new Simulator(
            TrafficSettings.of(services.kafka().client())
                .withSeed(seed)
                .withCount(events)
                .withRate(0)
                .withUsers(users))
        .run(() -> false, told -> {})
        .acknowledged();
  }

  private List<Result> layers(Lake lake, Configuration configuration, long events)
      throws InterruptedException {
    Map<String, LayerMain.Start> layers = new LinkedHashMap<>();
    layers.put(BronzeJob.NAME, BronzeJob::start);
    layers.put(SilverJob.NAME, SilverJob::start);
    layers.put(GoldJob.NAME, GoldJob::start);
    List<Result> results = new ArrayList<>();
    for (Map.Entry<String, LayerMain.Start> layer : layers.entrySet()) {
      progress.accept("%s takes %,d events".formatted(layer.getKey(), events));
      results.add(measure(layer.getKey(), layer.getValue(), lake, configuration, events));
    }
    return results;
  }

  private static Result measure(
      String name, LayerMain.Start start, Lake lake, Configuration configuration, long events)
      throws InterruptedException {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    long cpu = cpuNanos();
    long begun = System.nanoTime();
    try (Layer layer = start.start(lake, configuration, true)) {
      layer.await();
      layer
          .failure()
          .ifPresent(
              failure -> {
                throw new IllegalStateException(name + " failed", failure);
              });
    }
    Duration time = Duration.ofNanos(System.nanoTime() - begun);
    Duration used = Duration.ofNanos(cpuNanos() - cpu);
    long peak = heapPools().stream().mapToLong(p -> p.getPeakUsage().getUsed()).sum();
    List<TableFile> files = files(name, lake);
    return new Result(
        name,
        events,
        time,
        used,
        peak,
        files.size(),
        files.stream().mapToLong(file -> file.add().size()).sum());
  }

  private static List<TableFile> files(String layer, Lake lake) {
    return TableDefinition.ALL.stream()
        .filter(table -> table.name().equals(layer))
        .map(lake::table)
        .map((LakeTable table) -> table.filesAt(table.version()))
        .findFirst()
        .orElse(List.of());
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
