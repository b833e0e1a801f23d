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
final class KafkaLagReporter {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private KafkaLagReporter() {}

  static PeriodicTask of(Lake lake, LakeTable bronze, Configuration configuration) {
    LagEstimator lagEstimator = new LagEstimator();
    return new PeriodicTask(
        EVERY,
        "bronze-kafka-lag",
        () -> {
          TableState state = bronze.state();
          KafkaLag lag = KafkaLag.read(state, configuration, EVERY);
          Instant now = Instant.now();
          Duration waited =
              lagEstimator.lag(now, lag.taken(), lag.lag(), state.newestKafkaTime().orElse(null));
          lake.tellKafkaLag(new SourceLag(lag.lag(), waited, now));
        });
  }
}
