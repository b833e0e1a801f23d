package io.medallion.lakehouse.delta;

import io.medallion.lakehouse.spark.SparkInternals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.execution.SQLExecution;

/**
 * Writes down the state of a table from time to time, so that nobody reads its log from the
 * beginning.
 *
 * <p>Delta does so in the middle of a commit, each so many versions. That takes as long as the
 * table has files, those included that were removed within its retention: with hundreds of
 * thousands, seconds for which a live batch would wait. Here it is done next to the batches, and
 * the more seldom the more there is to write, so that what it costs a commit stays the same.
 */
public final class AsyncCheckpointer {
  /** A table's property: an interval that no log reaches. */
  static final String NEVER_BY_DELTA = Integer.toString(Integer.MAX_VALUE);

  /** A reader that starts reads at least so many commits one by one. */
  static final long LEAST = 50;

  /** And at most so many: each takes it some milliseconds, and every update of a table some. */
  static final long MOST = 500;

  /** So many files, there or removed, are written down for each commit between. */
  private static final long FILES_PER_COMMIT = 500;

  /** Who is writing one, by log. */
  private static final Map<String, Thread> AT_WORK = new ConcurrentHashMap<>();

  private AsyncCheckpointer() {}

  /** Begins one if it is time; does not wait for it. */
  static void afterCommit(SparkSession session, DeltaLog log) {
    Snapshot snapshot = log.unsafeVolatileSnapshot();
    long since =
        snapshot.version() - Math.max(0, snapshot.logSegment().checkpointProvider().version());
    // The size of the last one is in a file, not worth a look at each commit.
    if (since < LEAST || since % LEAST != 0 || since < interval(sizeOfLast(log))) {
      return;
    }
    String path = log.logPath().toString();
    Thread thread = new Thread(() -> write(session, log, snapshot, path), "log-checkpoint");
    thread.setDaemon(true);
    if (AT_WORK.putIfAbsent(path, thread) == null) {
      thread.start();
    }
  }

  /** Waits for those at work, but not for ever: what is not finished has not happened. */
  public static void await(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    for (Thread thread : List.copyOf(AT_WORK.values())) {
      thread.join(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
    }
  }

  /** How many commits lie between two of them, each of so many files. */
  static long interval(long files) {
    return Math.min(MOST, Math.max(LEAST, files / FILES_PER_COMMIT));
  }

  private static long sizeOfLast(DeltaLog log) {
    var last = log.readLastCheckpointFile();
    return last.isDefined() ? last.get().size() : 0;
  }

  private static void write(SparkSession session, DeltaLog log, Snapshot snapshot, String path) {
    // What Spark knows of the thread that commits: the end of its query is not the end of this.
    session.sparkContext().clearJobGroup();
    session.sparkContext().setLocalProperty(SQLExecution.EXECUTION_ID_KEY(), null);
    try {
      SparkInternals.inSession(
          session,
          () -> {
            // It warns of a failure itself; the next commits try again.
            DeltaInternals.checkpoint(log, snapshot);
            return null;
          });
    } finally {
      AT_WORK.remove(path);
    }
  }
}
