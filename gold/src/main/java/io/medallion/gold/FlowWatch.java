package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.TableDefinition;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells Postgres what bronze and silver hold, also while nothing is merged: one database then
 * answers which layer stands, and which has only nothing to do. Nothing depends on it; what it
 * cannot write now it writes the next time.
 */
final class FlowWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final LakeTable bronze;
  private final LakeTable silver;
  private final Postgres postgres;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "gold-flow");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicBoolean started = new AtomicBoolean();
  private Connection connection;

  FlowWatch(Lake lake, Configuration configuration) {
    this.bronze = lake.table(TableDefinition.BRONZE);
    this.silver = lake.table(TableDefinition.SILVER);
    this.postgres = Postgres.writer(configuration);
  }

  /** Looks every few seconds from now on; once told, it need not be told again. */
  void start() {
    if (started.compareAndSet(false, true)) {
      ScheduledFuture<?> unused =
          timer.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Looks once. */
  synchronized void look() {
    try {
      // Downstream first, so that nothing that moves meanwhile makes a lag look negative.
      long version = silver.version();
      Map<String, Long> silverMarks = silver.marks();
      FlowSnapshot seen = FlowSnapshot.seen(bronze.marks(), version, silverMarks);
      if (connection == null) {
        connection = postgres.connect();
      }
      Flow.writeSeen(connection, seen);
    } catch (Exception e) {
      // Delta throws checked exceptions unannounced, and one that escaped would end the timer.
      LOG.debug("the flow is told later", e);
      disconnect();
    }
  }

  private void disconnect() {
    if (connection != null) {
      postgres.closeQuietly(connection);
      connection = null;
    }
  }

  /** Stops looking and gives the connection back. */
  @Override
  public void close() {
    timer.shutdown();
    synchronized (this) {
      disconnect();
    }
  }
}
