package io.medallion.lakehouse.layer;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.time.Duration;
import org.apache.spark.sql.streaming.Trigger;

/**
 * How often layers work, so that events are as fresh in Postgres as is wanted, and no commit is
 * made sooner than that asks for.
 *
 * <p>The first layer begins a batch whenever five eighths of the age that is wanted are over; the
 * others follow each commit of the one before them at once, and what is left of the age is for
 * their work. So an event waits once, not in each layer, and few batches are made.
 */
public final class Pace {
  private static final Duration LOCAL = Duration.ofSeconds(2);
  private static final Duration REMOTE = Duration.ofSeconds(10);
  private static final double SHARE = 5.0 / 8;

  /** Of an interval: a layer that follows another is no slower for it. */
  private static final double LEAST_SHARE = 3.0 / 4;

  /** To look for a file on this machine costs some twenty microseconds. */
  private static final Duration LEAST_LOCAL_LOOK = Duration.ofMillis(10);

  private static final int LOCAL_LOOKS = 40;

  /** Each is a request that a store of objects is paid for. */
  private static final Duration LEAST_REMOTE_LOOK = Duration.ofMillis(250);

  private static final int REMOTE_LOOKS = 8;

  private Pace() {}

  /** The age that is wanted; zero if layers wait for nothing. */
  public static Duration freshness(Configuration configuration) {
    return configuration
        .get(Keys.FRESHNESS)
        .orElseGet(() -> isLocal(configuration.get(Keys.LAKE_PATH)) ? LOCAL : REMOTE);
  }

  /** The time from one beginning of a batch of the first layer to the next. */
  public static Duration interval(Configuration configuration) {
    return share(freshness(configuration), SHARE);
  }

  /** The same for a streaming query. */
  public static Trigger trigger(Configuration configuration) {
    return Trigger.ProcessingTime(interval(configuration).toMillis());
  }

  /** The least time between the beginnings of two batches of a layer that follows another. */
  static Duration least(Configuration configuration) {
    return share(interval(configuration), LEAST_SHARE);
  }

  /** How often such a layer looks whether the one before it has committed. */
  static Duration look(Configuration configuration) {
    Duration wanted = freshness(configuration);
    return isLocal(configuration.get(Keys.LAKE_PATH))
        ? atLeast(LEAST_LOCAL_LOOK, wanted.dividedBy(LOCAL_LOOKS))
        : atLeast(LEAST_REMOTE_LOOK, wanted.dividedBy(REMOTE_LOOKS));
  }

  private static Duration atLeast(Duration least, Duration wanted) {
    return wanted.compareTo(least) < 0 ? least : wanted;
  }

  private static Duration share(Duration whole, double share) {
    return Duration.ofMillis(Math.round(whole.toMillis() * share));
  }

  private static boolean isLocal(String lake) {
    return !lake.contains("://") || lake.startsWith("file:");
  }
}
