package io.medallion.bench;

import io.medallion.bronze.BronzeJob;
import io.medallion.demo.traffic.Simulator;
import io.medallion.gold.GoldJob;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerLauncher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.LakeSession;
import io.medallion.silver.SilverJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * How long each layer takes for a small live batch where the logs of all three tables hold so many
 * commits. The commits are generated: each adds a file that nothing reads.
 */
final class CommitGrowth {
  private static final List<LayerLauncher.Start> LAYERS =
      List.of(BronzeJob::start, SilverJob::start, GoldJob::start);

  /** So few that a batch's time is what it costs to make one. */
  private static final double EVENTS_A_SECOND = 100;

  private static final long FIRST_EVENTS = 1_000;
  private static final int USERS = 1_000;
  private static final long LOOK_EVERY_MILLIS = 5;

  /**
   * What a layer's batches took.
   *
   * @param commits in the logs
   * @param layer its name
   * @param batches how many were measured
   * @param median of a batch, milliseconds
   * @param cycle the mean time from one batch to the next, milliseconds
   * @param phases where it went
   */
  record Result(
      long commits, String layer, int batches, long median, double cycle, List<PhaseTime> phases) {}

  private final Path folder;
  private final Duration warmUp;
  private final Duration measured;
  private final BenchProgress progress;

  CommitGrowth(Path folder, Duration warmUp, Duration measured, BenchProgress progress) {
    this.folder = folder;
    this.warmUp = warmUp;
    this.measured = measured;
    this.progress = progress;
  }

  /** Measures over logs of so many commits. */
  List<Result> run(long commits) throws InterruptedException {
    try (TestBed bed = TestBed.open(folder.resolve("commits-" + commits));
        SparkSession session = LakeSession.create("growth", bed.configuration())) {
      Lake lake = Lake.open(session, bed.configuration());
      bed.send(FIRST_EVENTS, USERS, 1, progress);
      for (LayerLauncher.Start layer : LAYERS) {
        MedallionBacklog.finish(
            layer.start(lake, bed.configuration(), true), FIRST_EVENTS, progress);
      }
      progress.step("making logs of %,d commits".formatted(commits));
      for (TableDefinition table : TableDefinition.ALL) {
        LongLog.of(lake.table(table)).growTo(commits, progress);
      }
      return live(commits, lake, bed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Result> live(long commits, Lake lake, TestBed bed) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Layer> layers = new ArrayList<>();
    BatchLog batches = new BatchLog();
    try {
      LAYERS.forEach(layer -> layers.add(layer.start(lake, bed.configuration(), false)));
      CompletableFuture<Void> traffic =
          CompletableFuture.runAsync(
              () ->
                  new Simulator(bed.traffic().withSeed(2).withRate(EVENTS_A_SECOND))
                      .run(stop::get, told -> {}));
      progress.step("%,d commits: live batches".formatted(commits));
      look(batches, layers, traffic, warmUp);
      long from = System.currentTimeMillis();
      look(batches, layers, traffic, measured);
      return results(commits, batches, from, System.currentTimeMillis());
    } finally {
      stop.set(true);
      layers.forEach(Layer::close);
    }
  }

  private void look(
      BatchLog batches, List<Layer> layers, CompletableFuture<Void> traffic, Duration time)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      for (Layer layer : layers) {
        batches.look(layer);
        MedallionBacklog.requireNoFailure(layer);
      }
      if (traffic.isCompletedExceptionally()) {
        traffic.join();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  private static List<Result> results(long commits, BatchLog batches, long from, long to) {
    return Stream.of(BronzeJob.NAME, SilverJob.NAME, GoldJob.NAME)
        .map(
            layer -> {
              List<Long> millis = batches.durations(layer, from, to);
              return new Result(
                  commits,
                  layer,
                  millis.size(),
                  Freshness.median(millis),
                  (double) (to - from) / millis.size(),
                  batches.phases(from, to).stream()
                      .filter(phase -> phase.layer().equals(layer))
                      .toList());
            })
        .toList();
  }
}
