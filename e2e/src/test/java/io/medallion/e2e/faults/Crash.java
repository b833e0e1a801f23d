package io.medallion.e2e.faults;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ends this process, as kill -9 would, when it reaches the place that it was started for. */
final class Crash {
  /** What a process that has crashed by it leaves behind. */
  static final int EXIT_CODE = 99;

  /** Spark has noted what the batch will read, and the batch has not begun. */
  static final String AFTER_OFFSETS = "after offsets";

  /** The batch has ended, and Spark has not noted so. */
  static final String BEFORE_COMMITS = "before commits";

  /** Gold's partial aggregates are made, and the merge's transaction has done nothing. */
  static final String BEFORE_LEDGER = "before ledger";

  /** Gold's transaction has done everything. */
  static final String BEFORE_COMMIT = "before COMMIT";

  /** Postgres has answered the COMMIT. */
  static final String AFTER_COMMIT = "after COMMIT";

  /** A table's whole state is written down, for the first time after 50 versions. */
  static final String WRITING_TABLE_CHECKPOINT = "writing _delta_log";

  /** The process has its first look at a file system; nothing is done. */
  static final String STARTED = "started";

  /** A release's first statements have made tables, in a transaction that is not committed. */
  static final String MIGRATING = "migrating";

  /** Gold's schema is made, and not committed. */
  static final String BEFORE_SCHEMA = "before schema";

  /** Postgres has answered that gold's schema is there. */
  static final String AFTER_SCHEMA = "after schema";

  private static final String PROPERTY = "faults.crash";

  /** Set where the process may crash before it has done anything. */
  private static final String FIRST_START = "faults.first-start";

  private static final Set<String> SINKS_COMMITTED =
      Set.of(after("clickstream"), after("enriched_events"), AFTER_COMMIT);

  /** Its first batch takes up what the crash before has left; only then may it crash. */
  private static volatile boolean worked = Boolean.getBoolean(FIRST_START);

  private Crash() {}

  /** A table's log is about to get its folder. */
  static String making(String table) {
    return "making " + table;
  }

  /** A file of a table's rows has its first bytes. */
  static String writing(String table) {
    return "writing " + table;
  }

  /** A version of a table is about to appear; its files are written. */
  static String before(String table) {
    return "before " + table;
  }

  /** A version of a table has appeared. */
  static String after(String table) {
    return "after " + table;
  }

  /** What makes a layer's process crash there: options of its JVM. */
  static List<String> options(CrashPoint point) {
    return List.of("-D" + PROPERTY + "=" + point.place());
  }

  /** The same in a start that has nothing to take up. */
  static List<String> options(FirstStartPoint point) {
    return List.of("-D" + PROPERTY + "=" + point.place(), "-D" + FIRST_START + "=true");
  }

  /** And its arguments. */
  static List<String> arguments(Map<String, String> settings) {
    return List.of(
        "--spark.delta.logStore.file.impl=" + CrashingLogStore.class.getName(),
        "--spark.sql.streaming.checkpointFileManagerClass="
            + CrashingCheckpointFiles.class.getName(),
        "--spark.hadoop.fs.file.impl=" + CrashingFiles.class.getName(),
        // Threshold 0: the driver then sends the text of each statement each time.
        "--postgres.url=%s?prepareThreshold=0&socketFactory=%s"
            .formatted(settings.get("postgres.url"), CrashingSockets.class.getName()));
  }

  /** Called at each place. */
  static void reached(String place) {
    if (worked && place.equals(System.getProperty(PROPERTY))) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    worked |= SINKS_COMMITTED.contains(place);
  }
}
