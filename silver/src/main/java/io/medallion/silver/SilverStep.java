package io.medallion.silver;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.lakehouse.Ahead;
import io.medallion.lakehouse.Beside;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.LakeTable;
import io.medallion.lakehouse.Layer;
import io.medallion.lakehouse.LayerBatch;
import io.medallion.lakehouse.Marks;
import io.medallion.lakehouse.Mode;
import io.medallion.lakehouse.PhaseClock;
import io.medallion.lakehouse.TableCommit;
import io.medallion.lakehouse.TableDefinition;
import io.medallion.lakehouse.TableFile;
import io.medallion.lakehouse.TableLock;
import io.medallion.silver.BronzeHistory.Chunk;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/**
 * Takes silver from where it stands to where bronze stands, chunk by chunk.
 *
 * <p>Of each chunk both tables' files are written at the same time, the quarantine rows are
 * committed first and the silver rows, with the position, second; meanwhile the next chunk is
 * judged. A crash between the two commits leaves quarantine rows beyond the position: they keep
 * their verdict when the chunk is done again.
 */
final class SilverStep {
  /** With one chunk more in memory no core waits for the driver. */
  private static final int ONE_AHEAD = 1;

  /**
   * A chunk that is judged.
   *
   * @param clock what it took so far
   */
  private record Judged(Chunk chunk, SparkSession session, JudgedChunk rows, PhaseClock clock) {}

  private final Lake lake;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final Judging judging;
  private final Layer layer;
  private final BronzeHistory history;
  private final SilverLookup lookup;
  private final long mostLiveRecords;
  private final Map<Mode, SparkSession> sessions;
  private final long quarantinedUpTo;
  private SilverState state;

  SilverStep(Lake lake, Judging judging, Layer layer, Configuration configuration) {
    this.lake = lake;
    this.bronze = lake.table(TableDefinition.BRONZE);
    this.silver = lake.table(TableDefinition.SILVER);
    this.quarantine = lake.table(TableDefinition.QUARANTINE);
    this.judging = judging;
    this.layer = layer;
    this.history = new BronzeHistory(bronze, configuration.get(Keys.SILVER_MAX_RECORDS));
    this.lookup = new SilverLookup(silver, silver.files());
    this.mostLiveRecords = configuration.get(Keys.LIVE_MAX_RECORDS);
    this.sessions =
        Map.of(
            Mode.LIVE,
            Mode.LIVE.session(lake.session()),
            Mode.DRAIN,
            Mode.DRAIN.session(lake.session()));
    this.quarantinedUpTo = quarantine.marks().getOrDefault(Marks.SEQ, 0L);
    this.state = SilverState.of(silver, bronze.id());
  }

  /** The version of bronze that silver has read up to. */
  long position() {
    return state.position().version();
  }

  /** Reads everything that bronze holds now and silver has not read. */
  void advance() {
    long newest = bronze.versionAfter(state.position().version());
    if (newest == state.position().version()) {
      return;
    }
    List<Chunk> chunks = history.after(state.position(), newest);
    long largest = chunks.stream().mapToLong(Chunk::bytes).max().orElse(0);
    if (JudgedChunk.twoFit(largest)) {
      advance(chunks);
    } else {
      chunks.forEach(chunk -> advance(List.of(chunk)));
    }
  }

  private void advance(List<Chunk> chunks) {
    if (layer.stopping()) {
      return;
    }
    try (Ahead<Chunk, Judged> ahead =
        new Ahead<>(chunks, ONE_AHEAD, this::judge, next -> next.rows().close())) {
      for (List<Judged> next = ahead.next(); !next.isEmpty(); next = ahead.next()) {
        advance(next.get(0));
        if (layer.stopping()) {
          return;
        }
      }
    }
  }

  /** What a record is by itself does not depend on what silver holds. */
  private Judged judge(Chunk chunk) {
    PhaseClock clock = new PhaseClock();
    Mode mode = Mode.of(chunk.rows(), mostLiveRecords);
    SparkSession session = sessions.get(mode);
    JudgedChunk rows = JudgedChunk.of(judging, bronze.rows(session, chunk.files()), session, mode);
    clock.end("judge");
    return new Judged(chunk, session, rows, clock);
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private void advance(Judged next) {
    Chunk chunk = next.chunk();
    SparkSession session = next.session();
    PhaseClock clock = next.clock();
    clock.resume();
    try (JudgedChunk judged = next.rows();
        TableLock commits = lake.lockCommits(TableDefinition.SILVER)) {
      TableCommit silverCommit = silver.begin(session);
      state = state.at(silver, silverCommit);
      Set<String> decided = decidedBefore(judged);
      Candidates candidates = judged.candidates(decided);
      clock.end("judge");
      Verdicts verdicts = Verdicts.of(candidates, lookup.find(session, candidates));
      clock.end("lookup");
      long quarantined;
      try (Beside<Long> quarantining =
          Beside.start("quarantine", () -> quarantine(session, chunk, judged, verdicts, decided))) {
        silverCommit.append(judged.events(verdicts));
        quarantined = quarantining.result();
      }
      clock.end("write");
      SilverState after =
          state.after(
              chunk.reaches(),
              chunk.rows(),
              silverCommit.rows(),
              quarantined,
              judged.refused(),
              verdicts,
              TableFile.newestKafkaMicros(chunk.files()));
      silverCommit.marks(after.marks());
      long version = silverCommit.commit();
      state = after.committedAt(version);
      lookup.written(silverCommit.files(), candidates, verdicts.events());
      clock.end("commit");
      layer.done(
          new LayerBatch(
              version,
              chunk.rows(),
              silverCommit.rows(),
              Map.of(
                  "quarantined",
                  quarantined,
                  "duplicates",
                  (long) verdicts.duplicates().cardinality(),
                  "late",
                  judged.late()),
              judged.reasons(verdicts),
              TableFile.newestKafkaMicros(chunk.files()),
              clock.total(),
              clock.phases()));
    }
  }

  /** Looks into quarantine only as far as an earlier run left it ahead of silver. */
  private Set<String> decidedBefore(JudgedChunk judged) {
    return quarantinedUpTo > state.position().seq()
        ? judged.decidedBefore(quarantine, state.position())
        : Set.of();
  }

  /**
   * Commits the chunk's quarantine rows; how many of its rows are in quarantine now, before and
   * newly.
   */
  private long quarantine(
      SparkSession session,
      Chunk chunk,
      JudgedChunk judged,
      Verdicts verdicts,
      Set<String> decided) {
    if (judged.refused().isEmpty() && verdicts.conflicts().isEmpty()) {
      return decided.size();
    }
    TableCommit commit = quarantine.begin(session);
    commit.append(judged.refusals(verdicts, decided));
    commit.mark(bronze.id(), chunk.reaches().version());
    commit.mark(Marks.SEQ, chunk.reaches().seq());
    commit.commit();
    return decided.size() + commit.rows();
  }
}
