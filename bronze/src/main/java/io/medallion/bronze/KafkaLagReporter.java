package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.SourceLag;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.LagEstimator;
import io.medallion.lakehouse.layer.PeriodicTask;
import java.time.Duration;
import java.time.Instant;

/**
 * Leaves word in the lake, while bronze runs, of how many records wait in Kafka: gold tells it to
 * those who look at Postgres alone. Word that is not renewed says that bronze does not run, or does
 * not reach its brokers.
 */
final class KafkaLagReporter implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final KafkaCluster cluster;
  private final PeriodicTask task;

  KafkaLagReporter(Lake lake, LakeTable bronze, Configuration configuration) {
    cluster = new KafkaCluster(configuration, EVERY);
    LagEstimator lagEstimator = new LagEstimator();
    task =
        new PeriodicTask(
            EVERY,
            "bronze-kafka-lag",
            () -> {
              TableState state = bronze.state();
              KafkaLag lag = KafkaLag.read(state, cluster);
              Instant now = Instant.now();
              Duration waited =
                  lagEstimator.lag(
                      now, lag.taken(), lag.lag(), state.newestKafkaTime().orElse(null));
              lake.tellKafkaLag(new SourceLag(lag.lag(), waited, now));
            });
  }

  void start() {
    task.start();
  }

  @Override
  public void close() {
    task.close();
    cluster.close();
  }
}
