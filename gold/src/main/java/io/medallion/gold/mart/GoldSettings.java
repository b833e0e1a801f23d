package io.medallion.gold.mart;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * What gold counts. Part of every mart's definition.
 *
 * @param sessionGapMicros the greatest distance of two neighbouring events of one session
 * @param allowedLatenessMicros events later than this are left out; {@link #UNLIMITED} for none
 * @param countBots whether crawlers' events count
 * @param userEvents whether gold keeps a row for every event as well
 * @param stitching who is who
 */
public record GoldSettings(
    long sessionGapMicros,
    long allowedLatenessMicros,
    boolean countBots,
    boolean userEvents,
    Stitching stitching)
    implements Serializable {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** With every event counted for silver's own visitor. */
  public GoldSettings(
      long sessionGapMicros, long allowedLatenessMicros, boolean countBots, boolean userEvents) {
    this(sessionGapMicros, allowedLatenessMicros, countBots, userEvents, Stitching.OFF);
  }

  public static GoldSettings from(Configuration configuration) {
    return new GoldSettings(
        micros(configuration.get(Keys.GOLD_SESSION_GAP)),
        limit(configuration.get(Keys.GOLD_ALLOWED_LATENESS)),
        configuration.get(Keys.GOLD_INCLUDE_BOTS),
        configuration.get(Keys.GOLD_USER_EVENTS),
        configuration.get(Keys.GOLD_STITCHING)
            ? Stitching.of(configuration.get(Keys.GOLD_PLACEHOLDER_IDS))
            : Stitching.OFF);
  }

  /** Whether an event is left out because it came too late. */
  boolean dropsAsLate(SilverEvent event) {
    return event.latenessMicros() > allowedLatenessMicros;
  }

  /** The same of marts that count every row. */
  public String everything() {
    return "bots=counted lateness=unlimited";
  }

  /** The part of a definition that all marts share that leave out what does not count. */
  public String population() {
    return "bots=%s lateness=%s"
        .formatted(
            countBots ? "counted" : "left-out",
            allowedLatenessMicros == UNLIMITED ? "unlimited" : allowedLatenessMicros + "us");
  }

  /** In microseconds; {@link #UNLIMITED} if there is none. */
  public static long limit(Optional<Duration> duration) {
    return duration.map(GoldSettings::micros).orElse(UNLIMITED);
  }

  private static long micros(Duration duration) {
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
  }
}
