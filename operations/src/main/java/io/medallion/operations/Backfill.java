package io.medallion.operations;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.gold.GoldJob;
import io.medallion.gold.read.GoldLedger;
import io.medallion.gold.read.GoldReader;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.operations.verify.GoldForecast;
import io.medallion.silver.replay.Replay;
import io.medallion.silver.replay.ReplayProgress;
import io.medallion.silver.replay.ReplayReport;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Replays bronze for some event days, or for those of records in quarantine, and watches gold take
 * it in.
 */
public final class Backfill {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Lake lake;
  private final Configuration configuration;
  private final Replay replay;

  private Backfill(Lake lake, Configuration configuration, Replay replay) {
    this.lake = lake;
    this.configuration = configuration;
    this.replay = replay;
  }

  /** How far gold is after a replay. */
  public enum Gold {
    /** It has merged what changed. */
    HAS_IT,
    /** Nobody runs it; once started it merges what changed. */
    NOT_RUNNING,
    /** It has no address. */
    NOT_CONFIGURED,
    /** It runs and has not come so far. */
    LATE
  }

  /**
   * A backfill of a lake by a configuration's rules and databases.
   *
   * @throws io.medallion.common.error.MedallionException where a table or the GeoIP database is
   *     missing
   */
  public static Backfill of(Lake lake, Configuration configuration) {
    return new Backfill(lake, configuration, Replay.of(lake, configuration));
  }

  /**
   * What would change, in gold's numbers, too, where gold is in reach. Nothing is committed.
   *
   * @param from the first event day (UTC)
   * @param to the last one
   * @param bronzeVersion the version of bronze to replay; the newest where empty
   */
  public BackfillPlan plan(LocalDate from, LocalDate to, OptionalLong bronzeVersion) {
    bronzeVersion.ifPresent(
        version -> Erasures.requireNotBefore(lake.folder(), TableDefinition.BRONZE, version));
    GoldForecast forecast = GoldForecast.of(lake, configuration);
    ReplayReport report = replay.planDays(from, to, bronzeVersion, forecast);
    return new BackfillPlan(report, forecast.changes(), forecast.notLookedAt().orElse(null));
  }

  /**
   * What would change if the event days of records in quarantine were replayed, of those that pass
   * today's rules. Nothing is committed.
   */
  public BackfillPlan planQuarantine(Quarantine.Selection selection) {
    GoldForecast forecast = GoldForecast.of(lake, configuration);
    ReplayReport report = replay.planQuarantine(selection.condition(), forecast);
    return new BackfillPlan(report, forecast.changes(), forecast.notLookedAt().orElse(null));
  }

  /** Changes it. The layers may run; cut off, it is finished by running it again. */
  public ReplayReport apply(LocalDate from, LocalDate to) {
    return replay.applyDays(from, to);
  }

  /** Changes what {@link #planQuarantine} says, as {@link #apply} does it. */
  public ReplayReport applyQuarantine(Quarantine.Selection selection) {
    return replay.applyQuarantine(selection.condition());
  }

  /** How far the plan or replay is that another thread runs. */
  public ReplayProgress progress() {
    return replay.progress();
  }

  /** Waits until gold has merged the version of silver that a replay made. */
  public Gold awaitGold(ReplayReport applied, Duration patience) throws InterruptedException {
    return awaitGold(lake, configuration, applied.silverVersion(), patience);
  }

  /** Waits until gold has merged a version of silver. */
  static Gold awaitGold(
      Lake lake, Configuration configuration, long silverVersion, Duration patience)
      throws InterruptedException {
    if (configuration.find(Keys.POSTGRES_URL).isEmpty()) {
      return Gold.NOT_CONFIGURED;
    }
    Instant end = Instant.now().plus(patience);
    CountDownLatch never = new CountDownLatch(1);
    try (GoldReader gold = GoldReader.of(configuration)) {
      while (true) {
        Optional<GoldLedger> ledger = gold.ledger();
        if (ledger.isPresent() && ledger.get().silverVersion() >= silverVersion) {
          return Gold.HAS_IT;
        }
        if (lake.holderOf(GoldJob.NAME).isEmpty()) {
          return Gold.NOT_RUNNING;
        }
        if (Instant.now().isAfter(end)
            || never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          return Gold.LATE;
        }
      }
    }
  }
}
