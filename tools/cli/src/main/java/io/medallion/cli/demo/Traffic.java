package io.medallion.cli.demo;

import io.medallion.demo.traffic.Simulator;
import io.medallion.demo.traffic.TrafficProgress;
import io.medallion.demo.traffic.TrafficReport;
import io.medallion.demo.traffic.TrafficSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** The simulator in a thread of its own. */
final class Traffic implements AutoCloseable {
  private final CompletableFuture<TrafficReport> report = new CompletableFuture<>();
  private volatile TrafficProgress progress = new TrafficProgress(0, 0, 0, Duration.ZERO);
  private volatile boolean stopping;

  private Traffic() {}

  static Traffic start(TrafficSettings settings) {
    Traffic traffic = new Traffic();
    new Thread(() -> traffic.run(settings), "simulator").start();
    return traffic;
  }

  /** How far it is. */
  TrafficProgress progress() {
    return progress;
  }

  /** Whether it has ended, by itself or by an error. */
  boolean ended() {
    return report.isDone();
  }

  /** Makes it flush and end. */
  void stop() {
    stopping = true;
  }

  /** What it did, once it has ended. */
  TrafficReport report() {
    try {
      return report.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Ends it, whatever it is doing, and waits until it has flushed. */
  @Override
  public void close() {
    stop();
    report.handle((done, failure) -> null).join();
  }

  private void run(TrafficSettings settings) {
    try {
      report.complete(new Simulator(settings).run(() -> stopping, p -> progress = p));
    } catch (Throwable e) {
      report.completeExceptionally(e);
    }
  }
}
