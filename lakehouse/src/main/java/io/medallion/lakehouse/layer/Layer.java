package io.medallion.lakehouse.layer;

import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.AsyncCheckpointer;
import io.medallion.lakehouse.delta.WriterChoice;
import io.medallion.lakehouse.store.TableLock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A layer at work: its streaming query, begun again from the position in its sink whenever
 * something outside (a broker, a database, a full disk) made it fail, and stopped for good by an
 * error that needs a person.
 */
public final class Layer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Layer.class);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /** After so long of failing a layer gives up, so that whatever supervises the process sees it. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** A query that has run for so long had recovered from the failure before. */
  private static final Duration RECOVERED = Duration.ofMinutes(1);

  /** Whoever supervises the process waits so long before it is killed. */
  private static final Duration CHECKPOINTS_END = Duration.ofSeconds(10);

  /** What a layer does; called again after a failure. */
  public interface Work {
    /**
     * Starts the query from the position in the sink.
     *
     * @return empty if the layer has nothing more to do
     */
    Optional<StreamingQuery> start(Layer layer) throws Exception;
  }

  private final String name;
  private final Work work;
  private final Supplier<LayerProgress> progress;
  private final LayerMetrics metrics;
  private final TableLock lock;
  private final Runnable release;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /** Held while a query is being stopped, which needs the session to its last moment. */
  private final ReentrantLock stop = new ReentrantLock();

  private final AtomicReference<StreamingQuery> query = new AtomicReference<>();
  private final AtomicReference<LayerBatch> lastBatch = new AtomicReference<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile Instant lastGood = Instant.EPOCH;
  private Instant failingSince;
  private volatile boolean started;
  private volatile boolean rebuilding;
  private volatile Throwable retried;
  private final Thread thread;

  private Layer(
      String name,
      TableLock lock,
      Work work,
      Supplier<LayerProgress> progress,
      Runnable release,
      WriterChoice writer) {
    this.name = name;
    this.lock = lock;
    this.work = work;
    this.progress = progress;
    this.metrics = new LayerMetrics(name, writer);
    this.release = release;
    this.thread = new Thread(this::run, name);
  }

  /**
   * Starts a layer in a thread of its own.
   *
   * @param progress asks where it stands; called by other threads
   * @param release gives back what the work holds, once it has ended for good
   * @throws MedallionException if another instance of it runs
   */
  public static Layer start(
      String name, Lake lake, Work work, Supplier<LayerProgress> progress, Runnable release) {
    Layer layer = new Layer(name, lake.lockLayer(name), work, progress, release, lake.writer());
    layer.thread.start();
    return layer;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** The batch that it did last, empty before the first. */
  public Optional<LayerBatch> lastBatch() {
    return Optional.ofNullable(lastBatch.get());
  }

  /** Why it stopped, empty while it runs or if it was asked to stop. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Whether it is at work. */
  public boolean running() {
    return thread.isAlive();
  }

  /** Whether it has been asked to stop. */
  public boolean stopping() {
    return stopping.getCount() == 0;
  }

  /** Called by the layer's step after each batch: remembers it and writes its log line. */
  public void done(LayerBatch batch) {
    lastBatch.set(batch);
    lastGood = Instant.now();
    retried = null;
    metrics.done(batch);
    LOG.info("{}", batch.line(name));
  }

  /** Does work that makes tables again and may take long without a batch. */
  public void rebuild(Runnable rebuild) {
    rebuilding = true;
    try {
      rebuild.run();
    } finally {
      rebuilding = false;
    }
  }

  /** Where it stands next to its source, asked again. */
  LayerProgress progress() {
    return progress.get();
  }

  LayerMetrics metrics() {
    return metrics;
  }

  /** When it finished its last batch; empty before the first. */
  Optional<Instant> lastBatchAt() {
    return Optional.of(lastGood).filter(Instant.EPOCH::isBefore);
  }

  /** Whether a query of it was started or a batch done. */
  boolean working() {
    return started || lastBatch.get() != null;
  }

  boolean rebuilding() {
    return rebuilding;
  }

  /** What it failed by, while it waits to try again. */
  public Optional<String> retryReason() {
    return Optional.ofNullable(retried).map(Layer::firstLine);
  }

  /** Waits until the layer has ended by itself or was stopped. */
  public void await() throws InterruptedException {
    thread.join();
    stop.lockInterruptibly();
    stop.unlock();
  }

  /** Asks the layer to stop and waits: the batch under way is committed or leaves no trace. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      stopQuery();
      thread.join();
    } catch (TimeoutException e) {
      LOG.warn("layer={} did not stop in time", name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopQuery() throws TimeoutException {
    stop.lock();
    try {
      StreamingQuery running = query.get();
      if (running != null) {
        running.stop();
      }
    } finally {
      stop.unlock();
    }
  }

  private void run() {
    Duration wait = FIRST_WAIT;
    try {
      while (!stopping()) {
        Instant begun = Instant.now();
        if (runOnce()) {
          return;
        }
        wait = lastGood.isAfter(begun) ? FIRST_WAIT : wait;
        if (stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        wait =
            wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      release.run();
      awaitCheckpoints();
      lock.close();
      if (failure().isEmpty()) {
        LOG.info("layer={} stopped", name);
      }
    }
  }

  private static void awaitCheckpoints() {
    try {
      AsyncCheckpointer.await(CHECKPOINTS_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the query once; true if the layer is to end. */
  private boolean runOnce() {
    Instant begun = Instant.now();
    try {
      Optional<StreamingQuery> running = work.start(this);
      started = true;
      if (running.isEmpty()) {
        return true;
      }
      query.set(running.get());
      retried = null;
      if (stopping()) {
        running.get().stop();
      }
      running.get().awaitTermination();
      return true;
    } catch (Throwable thrown) {
      return stopping() || givesUp(thrown, begun);
    } finally {
      query.set(null);
    }
  }

  /**
   * What goes wrong before the first query runs is the start's own error; later, much heals by
   * waiting.
   */
  private boolean givesUp(Throwable thrown, Instant begun) {
    MedallionException known = MedallionException.in(thrown);
    // A layer that had nothing to do for hours has not failed for hours.
    Instant now = Instant.now();
    boolean ranAWhile = Duration.between(begun, now).compareTo(RECOVERED) > 0;
    if (failingSince == null || ranAWhile || lastGood.isAfter(failingSince)) {
      failingSince = now;
    }
    boolean hopeless = Duration.between(failingSince, now).compareTo(PATIENCE) > 0;
    boolean lasting = (known != null && !known.code().transientFault()) || thrown instanceof Error;
    if (!started || lasting || hopeless) {
      failure.set(known != null ? known : thrown);
      LOG.error("layer={} stopped", name, thrown);
      return true;
    }
    retried = thrown;
    metrics.failed();
    LOG.warn("layer={} failed and goes on from its position: {}", name, firstLine(thrown), thrown);
    return false;
  }

  private static String firstLine(Throwable thrown) {
    return thrown.toString().lines().findFirst().orElse("");
  }
}
