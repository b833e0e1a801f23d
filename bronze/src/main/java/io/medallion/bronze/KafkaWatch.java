package io.medallion.bronze;

import io.medallion.common.config.Configuration;
import io.medallion.lakehouse.LagClock;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.SourceLag;
import io.medallion.lakehouse.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Leaves word in the lake, while bronze runs, of how many records wait in Kafka: gold tells it to
 * those who look at Postgres alone. Word that is not renewed says that bronze does not run, or does
 * not reach its brokers.
 */
final class KafkaWatch {
  private static final Duration EVERY = Duration.ofSeconds(5);

  private KafkaWatch() {}

  static Watch of(Lake lake, LakeTable bronze, Configuration configuration) {
    LagClock clock = new LagClock();
    return new Watch(
        EVERY,
        "bronze-kafka-lag",
        () -> {
          Map<String, Long> marks = bronze.marks();
          KafkaBalance balance = KafkaBalance.read(marks, configuration, EVERY);
          Instant now = Instant.now();
          Duration waited =
              clock.lag(
                  now,
                  balance.taken(),
                  balance.lag(),
                  Marks.time(marks, Marks.NEWEST).orElse(null));
          lake.tellKafkaLag(new SourceLag(balance.lag(), waited, now));
        });
  }
}
