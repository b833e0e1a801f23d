package io.medallion.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM: asks the command to end, and lets it. The process goes once the command has
 * closed this, or after a minute.
 */
final class StopSignal implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop-signal");

  private StopSignal() {}

  static StopSignal listen() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(signal.hook);
    return signal;
  }

  /** Whether the command is to end. */
  boolean asked() {
    return asked.getCount() == 0;
  }

  /** Waits until the command is to end. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** Waits so long; true where the command is to end. */
  boolean await(java.time.Duration time) throws InterruptedException {
    return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The command has ended. */
  @Override
  public void close() {
    ended.countDown();
    if (!asked()) {
      Runtime.getRuntime().removeShutdownHook(hook);
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
