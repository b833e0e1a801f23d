package io.medallion.lakehouse.layer;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at something every few seconds next to a layer's work, in a thread of its own. A look that
 * fails is only logged: the next one makes good for it.
 */
public final class PeriodicTask implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

  /** One look. */
  public interface Look {
    /** Looks; called again after a failure. */
    void look() throws Exception;
  }

  private final Duration pause;
  private final String name;
  private final Look look;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean started = new AtomicBoolean();

  /**
   * A watch that has not begun.
   *
   * @param pause from the end of a look to the beginning of the next
   * @param name of the thread, which keeps no process alive
   */
  public PeriodicTask(Duration pause, String name, Look look) {
    this.pause = pause;
    this.name = name;
    this.look = look;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Looks at once and every few seconds from now on; once told, it need not be told again. */
  public void start() {
    if (started.compareAndSet(false, true)) {
      ScheduledFuture<?> unused =
          timer.scheduleWithFixedDelay(
              () -> quietly(name, look), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Looks once, now.
   *
   * @param name who looks, for the log
   */
  public static void quietly(String name, Look look) {
    try {
      look.look();
    } catch (Exception e) {
      // Delta throws checked exceptions unannounced, and one that escaped would end the timer.
      LOG.debug("{} looks again later", name, e);
    }
  }

  /** No further look begins; one at work is not waited for. */
  @Override
  public void close() {
    timer.shutdown();
  }
}
