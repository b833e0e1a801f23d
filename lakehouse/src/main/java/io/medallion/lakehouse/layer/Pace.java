package io.medallion.lakehouse.layer;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.time.Duration;
import org.apache.spark.sql.streaming.Trigger;

/**
 * How often a layer looks for new events, so that they are as fresh in Postgres as is wanted, and
 * no commit is made sooner than that asks for.
 *
 * <p>Three layers are passed one after the other, and work takes its time as well: each begins a
 * batch every quarter of the age that is wanted. An event waits for half of such a quarter on
 * average in each.
 */
public final class Pace {
  private static final Duration LOCAL = Duration.ofSeconds(2);
  private static final Duration REMOTE = Duration.ofSeconds(10);
  private static final int PARTS = 4;

  private Pace() {}

  /** The age that is wanted; zero if layers wait for nothing. */
  public static Duration freshness(Configuration configuration) {
    return configuration
        .get(Keys.FRESHNESS)
        .orElseGet(() -> isLocal(configuration.get(Keys.LAKE_PATH)) ? LOCAL : REMOTE);
  }

  /** The least time between the beginnings of two batches. */
  public static Duration interval(Configuration configuration) {
    return freshness(configuration).dividedBy(PARTS);
  }

  /** The same for a streaming query. */
  public static Trigger trigger(Configuration configuration) {
    return Trigger.ProcessingTime(interval(configuration).toMillis());
  }

  private static boolean isLocal(String lake) {
    return !lake.contains("://") || lake.startsWith("file:");
  }
}
