package io.medallion.gold;

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
record Origin(
    String deviceClass,
    String referrerMedium,
    String referrerDomain,
    String utmSource,
    String utmMedium,
    String utmCampaign,
    String channel) {
  /** Of an event of which nothing is known. */
  static final Origin UNKNOWN = new Origin(null, null, null, null, null, null, null);
}
