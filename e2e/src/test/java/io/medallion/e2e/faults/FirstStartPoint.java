package io.medallion.e2e.faults;

/**
 * The steps of a layer's first start at which its process can be made to die, in the order in which
 * it comes to them: from its first look at a file to the end of its first batch. What one leaves is
 * what the next begins with.
 */
enum FirstStartPoint {
  BRONZE_STARTED("bronze", Crash.STARTED),
  BRONZE_MAKING_ITS_LOG("bronze", Crash.making("clickstream")),
  BRONZE_WITHOUT_A_VERSION("bronze", Crash.before("clickstream")),
  BRONZE_MADE("bronze", Crash.after("clickstream")),
  BRONZE_PLANNED("bronze", Crash.AFTER_OFFSETS),
  BRONZE_FILES_BEGUN("bronze", Crash.writing("clickstream")),
  BRONZE_FILES_WRITTEN("bronze", Crash.before("clickstream")),
  BRONZE_COMMITTED("bronze", Crash.after("clickstream")),

  SILVER_STARTED("silver", Crash.STARTED),
  SILVER_MAKING_ITS_LOG("silver", Crash.making("enriched_events")),
  SILVER_WITHOUT_A_VERSION("silver", Crash.before("enriched_events")),
  SILVER_MADE("silver", Crash.after("enriched_events")),
  SILVER_MAKING_QUARANTINES_LOG("silver", Crash.making("quarantine")),
  SILVER_QUARANTINE_WITHOUT_A_VERSION("silver", Crash.before("quarantine")),
  SILVER_QUARANTINE_MADE("silver", Crash.after("quarantine")),
  SILVER_QUARANTINE_BEGUN("silver", Crash.writing("quarantine")),
  SILVER_QUARANTINE_WRITTEN("silver", Crash.before("quarantine")),
  SILVER_BETWEEN_SINKS("silver", Crash.after("quarantine")),
  SILVER_FILES_BEGUN("silver", Crash.writing("enriched_events")),
  SILVER_FILES_WRITTEN("silver", Crash.before("enriched_events")),
  SILVER_COMMITTED("silver", Crash.after("enriched_events")),

  GOLD_STARTED("gold", Crash.STARTED),
  GOLD_SCHEMA_HALF_MIGRATED("gold", Crash.MIGRATING),
  GOLD_SCHEMA_MADE("gold", Crash.BEFORE_SCHEMA),
  GOLD_SCHEMA_COMMITTED("gold", Crash.AFTER_SCHEMA),
  GOLD_PARTIALS_MADE("gold", Crash.BEFORE_LEDGER),
  GOLD_MERGED("gold", Crash.BEFORE_COMMIT),
  GOLD_COMMITTED("gold", Crash.AFTER_COMMIT);

  private final String layer;
  private final String place;

  FirstStartPoint(String layer, String place) {
    this.layer = layer;
    this.place = place;
  }

  /** Whose start it is. */
  String layer() {
    return layer;
  }

  /** Where in it. */
  String place() {
    return place;
  }
}
