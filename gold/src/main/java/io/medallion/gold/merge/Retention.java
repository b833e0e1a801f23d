package io.medallion.gold.merge;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.gold.mart.GoldSettings;

/**
 * How far before the newest event gold keeps what. No part of a mart's definition: the rows that
 * are kept are the same.
 *
 * @param rowsMicros rows of less than a day; {@link GoldSettings#UNLIMITED} for all
 * @param setsMicros the sets behind active users; {@link GoldSettings#UNLIMITED} for all
 */
public record Retention(long rowsMicros, long setsMicros) {
  /** Keeps everything. */
  public static final Retention UNLIMITED =
      new Retention(GoldSettings.UNLIMITED, GoldSettings.UNLIMITED);

  static Retention from(Configuration configuration) {
    return new Retention(
        GoldSettings.limit(configuration.get(Keys.GOLD_RETENTION)),
        GoldSettings.limit(configuration.get(Keys.GOLD_ACTIVE_USER_SETS_RETENTION)));
  }
}
