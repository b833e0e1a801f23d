package io.medallion.cli;

import io.medallion.cli.demo.Stop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Ctrl-C and SIGTERM: asks the command to end, and lets it. The process goes once the command has
 * closed this, or after a minute.
 *
 * <p>Spark stops itself at the same signals, by Hadoop's hooks, which run in order of priority:
 * this one runs before, so that the layers end before their session does.
 */
final class StopSignal implements Stop, AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final int BEFORE_SPARK = 100;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Runnable hook = this::stop;

  private StopSignal() {}

  static StopSignal listen() {
    CutOff.entrust();
    StopSignal signal = new StopSignal();
    ShutdownHookManager.get()
        .addShutdownHook(signal.hook, BEFORE_SPARK, PATIENCE_SECONDS, TimeUnit.SECONDS);
    return signal;
  }

  /** Whether the command is to end. */
  @Override
  public boolean asked() {
    return asked.getCount() == 0;
  }

  /** Waits until the command is to end. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** Waits so long; true if the command is to end. */
  @Override
  public boolean await(java.time.Duration time) throws InterruptedException {
    return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The command has ended. */
  @Override
  public void close() {
    ended.countDown();
    if (!asked()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }

  private void stop() {
    asked.countDown();
    try {
      ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
