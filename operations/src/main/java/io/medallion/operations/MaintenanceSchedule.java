package io.medallion.operations;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.Lake;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintenance again and again in a thread of its own, next to live layers of the same process. What
 * goes wrong is logged and tried again the next time: no layer stops for it.
 */
public final class MaintenanceSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceSchedule.class);

  private final Maintenance maintenance;
  private final Duration interval;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "maintain");

  private MaintenanceSchedule(Maintenance maintenance, Duration interval) {
    this.maintenance = maintenance;
    this.interval = interval;
  }

  /**
   * Starts the one of a configuration; empty if it has none, or where the lake's store has no
   * locks, so that it could only run while the layers do not.
   */
  public static Optional<MaintenanceSchedule> start(Lake lake, Configuration configuration) {
    Optional<Duration> wanted = configuration.get(Keys.MAINTENANCE_INTERVAL);
    if (wanted.isPresent() && !lake.locksCommits()) {
      LOG.warn(
          "{} has no effect on {}: stop the layers and run `medallion maintain --apply`",
          Keys.MAINTENANCE_INTERVAL.name(),
          lake.path());
      return Optional.empty();
    }
    return wanted.map(
        interval -> {
          Maintenance maintenance = new Maintenance(lake, configuration, Clock.systemUTC());
          MaintenanceSchedule schedule = new MaintenanceSchedule(maintenance, interval);
          schedule.thread.setDaemon(true);
          schedule.thread.start();
          return schedule;
        });
  }

  private void run() {
    try {
      while (!stopping.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        once();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() {
    try {
      maintenance.apply();
    } catch (RuntimeException e) {
      MedallionException known = MedallionException.in(e);
      if (stopping.getCount() == 0 || (known != null && known.code() == ErrorCode.LAKE_LOCKED)) {
        return;
      }
      LOG.warn("maintenance failed and is tried again in {}", interval, e);
    }
  }

  /** Stops behind what is under way, which may take as long as merging the files of one day. */
  @Override
  public void close() {
    stopping.countDown();
    maintenance.stop();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
