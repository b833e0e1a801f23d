package io.medallion.gold.status;

import io.medallion.common.config.Configuration;
import io.medallion.gold.postgres.Postgres;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.SourceLag;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.PeriodicTask;
import io.medallion.lakehouse.schema.TableDefinition;
import java.sql.Connection;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells Postgres what bronze and silver hold, also while nothing is merged: one database then
 * answers which layer stands, and which has only nothing to do. Nothing depends on it; what it
 * cannot write now it writes the next time.
 */
public final class LayerStatusReporter implements AutoCloseable {
  private static final String NAME = "gold-layer-status";
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final LakeTable bronze;
  private final LakeTable silver;
  private final Postgres postgres;
  private final Lake lake;
  private final PeriodicTask watch = new PeriodicTask(EVERY, NAME, this::tell);
  private Optional<SourceLag> kafka = Optional.empty();
  private Connection connection;

  public LayerStatusReporter(Lake lake, Configuration configuration) {
    this.lake = lake;
    this.bronze = lake.table(TableDefinition.BRONZE);
    this.silver = lake.table(TableDefinition.SILVER);
    this.postgres = Postgres.writer(configuration);
  }

  /** Looks every few seconds from now on; once told, it need not be told again. */
  public void start() {
    watch.start();
  }

  /** Looks once. */
  public void look() {
    PeriodicTask.quietly(NAME, this::tell);
  }

  private synchronized void tell() throws Exception {
    try {
      // Downstream first, so that nothing that moves meanwhile makes a lag look negative.
      long version = silver.version();
      TableState silverState = silver.state();
      LayerStatusSnapshot observed =
          LayerStatusSnapshot.observed(bronze.state(), version, silverState);
      // Word that is just being written is not there; the last one still tells when it is from.
      kafka = lake.kafkaLag().or(() -> kafka);
      if (connection == null) {
        connection = postgres.connect();
      }
      LayerStatus.writeObserved(connection, observed, kafka);
    } catch (Exception e) {
      disconnect();
      throw e;
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
  public synchronized void close() {
    watch.close();
    disconnect();
  }
}
