package io.medallion.bench;

import io.medallion.bronze.BronzeJob;
import io.medallion.common.config.Configuration;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/** Our three layers, one after the other. */
final class MedallionBacklog implements Backlog {
  static final String NAME = "medallion";
  private static final long LOOK_EVERY_MILLIS = 20;

  private final Configuration configuration;

  /** Those of a gold batch's phases in which it waits for nothing else. */
  private static final List<String> IN_POSTGRES = List.of("merge", "replace");

  private final BenchProgress progress;

  MedallionBacklog(Configuration configuration, BenchProgress progress) {
    this.configuration = configuration;
    this.progress = progress;
  }

  @Override
  public List<Drained> drain(long events) throws InterruptedException {
    Map<String, LayerLauncher.Start> layers = bronzeAndSilver();
    layers.put(GoldJob.NAME, GoldJob::start);
    return drain(NAME, layers, events);
  }

  /**
   * Bronze and silver take another backlog.
   *
   * @param over how many rows silver was given before
   */
  List<Drained> drainAgain(long events, long over) throws InterruptedException {
    return drain("%s, over %,d rows".formatted(NAME, over), bronzeAndSilver(), events);
  }

  /**
   * Gold takes all that silver has.
   *
   * @param who how it is told
   * @param events how many rows
   */
  List<Drained> goldAgain(String who, long events) throws InterruptedException {
    return drain(who, Map.of(GoldJob.NAME, GoldJob::start), events);
  }

  /**
   * Bronze and silver take another backlog.
   *
   * @param who how it is told
   * @return what silver took of it
   */
  Drained silver(String who, long events) throws InterruptedException {
    return drain(who, bronzeAndSilver(), events).get(1);
  }

  private static Map<String, LayerLauncher.Start> bronzeAndSilver() {
    Map<String, LayerLauncher.Start> layers = new LinkedHashMap<>();
    layers.put(BronzeJob.NAME, BronzeJob::start);
    layers.put(SilverJob.NAME, SilverJob::start);
    return layers;
  }

  /** Gives silver rows that come from no record; its counters say that they did. */
  void fill(GeneratedArrivals arrivals, long rows) {
    try (SparkSession session = LakeSession.create("drain", configuration)) {
      LakeTable silver = Lake.open(session, configuration).table(TableDefinition.SILVER);
      TableState state = silver.state();
      arrivals
          .fill(silver, session, rows)
          .set(TableState.ROWS, state.rows() + rows)
          .set(TableState.READ, state.read() + rows)
          .commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Drained> drain(String who, Map<String, LayerLauncher.Start> layers, long events)
      throws InterruptedException {
    List<Drained> drained = new ArrayList<>();
    try (SparkSession session = LakeSession.create("drain", configuration)) {
      Lake lake = Lake.open(session, configuration);
      for (Map.Entry<String, LayerLauncher.Start> layer : layers.entrySet()) {
        String name = layer.getKey();
        Drained.Output before = output(name, lake);
        Meter meter = Meter.start();
        Duration merging =
            finish(layer.getValue().start(lake, configuration, true), events, progress);
        Meter.Reading reading = meter.stop();
        Drained.Output written = output(name, lake).minus(before);
        drained.add(new Drained(who, name, events, reading, written, merging));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return drained;
  }

  /**
   * Waits until a layer that takes what is there now has done so, and closes it.
   *
   * @param events how many it will take
   * @return how long Postgres was at work on its batches, beside whatever else was
   * @throws IllegalStateException if it fails
   */
  static Duration finish(Layer started, long events, BenchProgress progress)
      throws InterruptedException {
    String name = started.name();
    try (Layer layer = started) {
      long taken = 0;
      long merging = 0;
      LayerBatch seen = null;
      boolean running;
      do {
        // Asked first: the last batch ends before its layer does.
        running = layer.running();
        LayerBatch last = layer.lastBatch().orElse(null);
        if (last != null && !last.equals(seen)) {
          seen = last;
          taken += last.rowsIn();
          merging += IN_POSTGRES.stream().mapToLong(p -> last.phases().getOrDefault(p, 0L)).sum();
        }
        progress.detail("%s: %,d of %,d events".formatted(name, taken, events));
        if (running) {
          TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
      } while (running);
      requireNoFailure(layer);
      return Duration.ofMillis(merging);
    }
  }

  /**
   * Fails where a layer has.
   *
   * @throws IllegalStateException with its failure
   */
  static void requireNoFailure(Layer layer) {
    layer
        .failure()
        .ifPresent(
            failure -> {
              throw new IllegalStateException(layer.name() + " failed", failure);
            });
  }

  private static Drained.Output output(String layer, Lake lake) {
    return TableDefinition.ALL.stream()
        .filter(definition -> definition.name().equals(layer))
        .map(lake::table)
        .filter(LakeTable::exists)
        .map(table -> table.filesAt(table.version()))
        .map(MedallionBacklog::output)
        .findFirst()
        .orElse(Drained.Output.NONE);
  }

  private static Drained.Output output(List<TableFile> files) {
    return new Drained.Output(
        files.size(), files.stream().mapToLong(file -> file.add().size()).sum());
  }
}
