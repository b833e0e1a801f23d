package io.medallion.gold.mart;

import io.medallion.gold.postgres.CopyBuffer;

/**
 * With what, from where and by which campaign somebody came, as silver's row of the event says.
 * Each may be null.
 *
 * @param deviceClass kind of device
 * @param referrerMedium kind of the place that linked here
 * @param referrerDomain its host
 * @param utmSource the campaign's source
 * @param utmMedium the campaign's medium
 * @param utmCampaign the campaign
 * @param channel what these make together; null for a step within the site
 */
public record Origin(
    String deviceClass,
    String referrerMedium,
    String referrerDomain,
    String utmSource,
    String utmMedium,
    String utmCampaign,
    String channel) {
  /** Of an event of which nothing is known. */
  public static final Origin UNKNOWN = new Origin(null, null, null, null, null, null, null);

  /** What a session that begins with a step within the site counts under, as Google's do. */
  private static final String DIRECT = "Direct";

  /** Writes its columns of {@link Sessions#COLUMNS}. */
  void writeTo(CopyBuffer buffer) {
    buffer
        .text(deviceClass)
        .text(referrerMedium)
        .text(Key.orNull(referrerDomain))
        .text(Key.orNull(utmSource))
        .text(Key.orNull(utmMedium))
        .text(Key.orNull(utmCampaign))
        .text(channel == null ? DIRECT : channel);
  }
}
