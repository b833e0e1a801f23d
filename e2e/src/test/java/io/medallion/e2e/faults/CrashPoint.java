package io.medallion.e2e.faults;

/**
 * The steps of a layer's batch at which its process can be made to die.
 *
 * <p>The product has no hook for it. What it plugs into does: Delta's log store, Spark's keeper of
 * checkpoint files, Hadoop's local files and the Postgres driver's sockets are each named by a
 * setting, and the tests name classes that stand in front of the real ones and end the process at a
 * {@linkplain Crash place}.
 */
enum CrashPoint {
  BRONZE_PLANNED("bronze", Crash.AFTER_OFFSETS),
  BRONZE_FILES_BEGUN("bronze", Crash.writing("clickstream")),
  BRONZE_FILES_WRITTEN("bronze", Crash.before("clickstream")),
  BRONZE_COMMITTED("bronze", Crash.after("clickstream")),
  BRONZE_TABLE_CHECKPOINT_BEGUN("bronze", Crash.WRITING_TABLE_CHECKPOINT),
  BRONZE_CHECKPOINT_DUE("bronze", Crash.BEFORE_COMMITS),

  SILVER_PLANNED("silver", Crash.AFTER_OFFSETS),
  SILVER_QUARANTINE_BEGUN("silver", Crash.writing("quarantine")),
  SILVER_QUARANTINE_WRITTEN("silver", Crash.before("quarantine")),
  SILVER_BETWEEN_SINKS("silver", Crash.after("quarantine")),
  SILVER_FILES_BEGUN("silver", Crash.writing("enriched_events")),
  SILVER_FILES_WRITTEN("silver", Crash.before("enriched_events")),
  SILVER_COMMITTED("silver", Crash.after("enriched_events")),
  SILVER_TABLE_CHECKPOINT_BEGUN("silver", Crash.WRITING_TABLE_CHECKPOINT),
  SILVER_CHECKPOINT_DUE("silver", Crash.BEFORE_COMMITS),

  GOLD_PLANNED("gold", Crash.AFTER_OFFSETS),
  GOLD_PARTIALS_MADE("gold", Crash.BEFORE_LEDGER),
  GOLD_MERGED("gold", Crash.BEFORE_COMMIT),
  GOLD_COMMITTED("gold", Crash.AFTER_COMMIT),
  GOLD_CHECKPOINT_DUE("gold", Crash.BEFORE_COMMITS);

  private final String layer;
  private final String place;

  CrashPoint(String layer, String place) {
    this.layer = layer;
    this.place = place;
  }

  /** Whose batch it is. */
  String layer() {
    return layer;
  }

  /** Where in it. */
  String place() {
    return place;
  }
}
