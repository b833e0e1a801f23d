package io.medallion.silver;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.event.ErasedIds;
import io.medallion.lakehouse.Erasures;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.layer.AsyncTask;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.layer.PhaseTimer;
import io.medallion.lakehouse.layer.Prefetcher;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import io.medallion.lakehouse.store.TableLock;
import io.medallion.silver.dedup.Candidates;
import io.medallion.silver.dedup.DedupResult;
import io.medallion.silver.dedup.IdentityIndex;
import io.medallion.silver.parse.ParsedBatch;
import io.medallion.silver.parse.SilverTransform;
import io.medallion.silver.source.BronzeHistory;
import io.medallion.silver.source.BronzeHistory.Chunk;
import io.medallion.silver.source.SilverState;
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
 * their dedup result when the chunk is done again.
 */
final class SilverStep {
  /** With one chunk more in memory no core waits for the driver. */
  private static final int ONE_AHEAD = 1;

  /**
   * A chunk that is validated.
   *
   * @param erased whose records it keeps nothing of
   * @param clock what it took so far
   */
  private record Parsed(
      Chunk chunk, SparkSession session, ParsedBatch rows, ErasedIds erased, PhaseTimer clock) {}

  private final Lake lake;
  private final LakeTable bronze;
  private final LakeTable silver;
  private final LakeTable quarantine;
  private final SilverTransform transform;
  private final Layer layer;
  private final Erasures erasures;
  private final BronzeHistory history;
  private final IdentityIndex lookup;
  private final long mostLiveRecords;
  private final Map<BatchProfile, SparkSession> sessions;
  private final long quarantinedUpTo;
  private SilverState state;

  SilverStep(Lake lake, SilverTransform transform, Layer layer, Configuration configuration) {
    this.lake = lake;
    this.bronze = lake.table(TableDefinition.BRONZE);
    this.silver = lake.table(transform.silver());
    this.quarantine = lake.table(TableDefinition.QUARANTINE);
    this.transform = transform.dividingAs(silver.state());
    this.layer = layer;
    this.erasures = Erasures.of(lake.folder(), configuration);
    this.history = new BronzeHistory(bronze, configuration.get(Keys.SILVER_MAX_RECORDS));
    this.lookup = new IdentityIndex(silver, silver.files(), transform.identity());
    this.mostLiveRecords = configuration.get(Keys.LOW_LATENCY_MAX_RECORDS);
    this.sessions =
        Map.of(
            BatchProfile.LOW_LATENCY,
            BatchProfile.LOW_LATENCY.session(lake.session()),
            BatchProfile.THROUGHPUT,
            BatchProfile.THROUGHPUT.session(lake.session()));
    this.quarantinedUpTo = quarantine.state().commitSeq();
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
    long most = chunks.stream().mapToLong(Chunk::rows).max().orElse(0);
    if (ParsedBatch.twoFit(lake.session(), largest, most)) {
      advance(chunks);
    } else {
      chunks.forEach(chunk -> advance(List.of(chunk)));
    }
  }

  private void advance(List<Chunk> chunks) {
    if (layer.stopping()) {
      return;
    }
    try (Prefetcher<Chunk, Parsed> ahead =
        new Prefetcher<>(chunks, ONE_AHEAD, this::parse, next -> next.rows().close())) {
      for (List<Parsed> next = ahead.next(); !next.isEmpty(); next = ahead.next()) {
        advance(next.get(0));
        if (layer.stopping()) {
          return;
        }
      }
    }
  }

  /** What a record is by itself does not depend on what silver holds. */
  private Parsed parse(Chunk chunk) {
    PhaseTimer clock = new PhaseTimer();
    BatchProfile mode = BatchProfile.of(chunk.rows(), mostLiveRecords);
    SparkSession session = sessions.get(mode);
    ErasedIds erased = erasures.ids();
    ParsedBatch rows =
        ParsedBatch.of(
            transform.without(erased), bronze.rows(session, chunk.files()), session, mode);
    clock.end("parse");
    return new Parsed(chunk, session, rows, erased, clock);
  }

  /** Parsed again if somebody was erased meanwhile. The caller closes both. */
  private ParsedBatch current(Parsed next) {
    if (erasures.areStill(next.erased())) {
      return next.rows();
    }
    next.rows().close();
    return parse(next.chunk()).rows();
  }

  @SuppressWarnings("try") // The lock is held, not used.
  private void advance(Parsed next) {
    Chunk chunk = next.chunk();
    SparkSession session = next.session();
    PhaseTimer clock = next.clock();
    clock.resume();
    try (ParsedBatch ahead = next.rows();
        TableLock commits = lake.lockCommits(TableDefinition.SILVER);
        ParsedBatch parsed = current(next)) {
      TableCommit silverCommit = silver.begin(session);
      state = state.at(silver, silverCommit).dividing(transform.division());
      Set<String> decided = decidedBefore(parsed);
      Candidates candidates = parsed.candidates(decided);
      clock.end("parse");
      DedupResult deduplicated =
          DedupResult.of(
              candidates,
              lookup.find(session, candidates),
              transform.identity(),
              transform.rules().contract().pseudonyms());
      clock.end("lookup");
      long quarantined;
      try (AsyncTask<Long> quarantining =
          AsyncTask.start(
              "quarantine", () -> quarantine(session, chunk, parsed, deduplicated, decided))) {
        silverCommit.append(parsed.events(deduplicated));
        quarantined = quarantining.result();
      }
      clock.end("write");
      Map<String, Long> flags = parsed.flags(deduplicated);
      SilverState after =
          state.after(
              chunk.reaches(),
              read(chunk, parsed),
              parsed.size(),
              silverCommit.rows(),
              quarantined,
              parsed.refused(),
              deduplicated,
              flags,
              TableFile.newestKafkaMicros(chunk.files()));
      silverCommit.setAll(after.values());
      long version = silverCommit.commit();
      state = after.committedAt(version);
      lookup.written(silverCommit.files(), candidates, deduplicated.events());
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
                  (long) deduplicated.duplicates().cardinality(),
                  "late",
                  parsed.late(),
                  "scan_fallbacks",
                  parsed.scanFellBack() ? 1L : 0L),
              parsed.reasons(deduplicated),
              flags,
              TableFile.newestKafkaMicros(chunk.files()),
              clock.total(),
              clock.phases()));
    }
  }

  private static long read(Chunk chunk, ParsedBatch parsed) {
    if (parsed.records() != chunk.rows()) {
      throw new IllegalStateException(
          "%d records of %d were read".formatted(parsed.records(), chunk.rows()));
    }
    return chunk.rows();
  }

  /** Looks into quarantine only as far as an earlier run left it ahead of silver. */
  private Set<String> decidedBefore(ParsedBatch parsed) {
    return quarantinedUpTo > state.position().seq()
        ? parsed.decidedBefore(quarantine, state.position())
        : Set.of();
  }

  /**
   * Commits the chunk's quarantine rows; how many of its rows are in quarantine now, before and
   * newly.
   */
  private long quarantine(
      SparkSession session,
      Chunk chunk,
      ParsedBatch parsed,
      DedupResult deduplicated,
      Set<String> decided) {
    if (parsed.refused().isEmpty() && deduplicated.conflicts().isEmpty()) {
      return decided.size();
    }
    TableCommit commit = quarantine.begin(session);
    commit.append(parsed.refusals(deduplicated, decided));
    commit.set(bronze.id(), chunk.reaches().version());
    commit.set(TableState.SEQ, chunk.reaches().seq());
    commit.commit();
    return decided.size() + commit.rows();
  }
}
