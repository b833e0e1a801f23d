package io.medallion.gold;

import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.source.SilverSnapshot;
import io.medallion.gold.source.SilverVersions;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.layer.PhaseTimer;
import io.medallion.lakehouse.layer.Prefetcher;
import io.medallion.lakehouse.session.BatchProfile;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;

/**
 * Takes gold, or marts that are being filled, from where their ledger stands to where silver
 * stands, some whole versions at a time.
 */
final class MergeLoop implements AutoCloseable {
  /** Who is told what was done, and says when to stop. */
  interface Reports {
    boolean stopping();

    /** Does work that may take long without a batch. */
    void rebuild(Runnable work);

    void done(LayerBatch batch);

    /** A layer's. */
    static Reports of(Layer layer) {
      return new Reports() {
        @Override
        public boolean stopping() {
          return layer.stopping();
        }

        @Override
        public void rebuild(Runnable work) {
          layer.rebuild(work);
        }

        @Override
        public void done(LayerBatch batch) {
          layer.done(batch);
        }
      };
    }
  }

  /**
   * Versions ready to be merged.
   *
   * @param versions those
   * @param rows null if days were replaced
   * @param clock what it took so far
   */
  private record Staged(SilverVersions versions, Staging.Result rows, PhaseTimer clock) {}

  private final LakeTable silver;
  private final GoldMerge merge;
  private final long mostRows;
  private final long mostLiveRows;
  private final Map<BatchProfile, SparkSession> sessions;
  private volatile long position = GoldMerge.NOTHING_MERGED;

  /**
   * @param merge closed with this
   * @param mostRows of a part of silver that is staged at once
   */
  MergeLoop(
      LakeTable silver,
      GoldMerge merge,
      Map<BatchProfile, SparkSession> sessions,
      long mostRows,
      long mostLiveRows) {
    this.silver = silver;
    this.merge = merge;
    this.sessions = sessions;
    this.mostRows = mostRows;
    this.mostLiveRows = mostLiveRows;
  }

  /** Begins where the ledger stands. */
  void begin() {
    position = merge.version();
  }

  GoldMerge merge() {
    return merge;
  }

  /** The version of silver that is merged. */
  long position() {
    return position;
  }

  /** Merges all versions up to one. */
  void advance(Reports layer, long newest) {
    while (position < newest && !layer.stopping()) {
      if (position == GoldMerge.NOTHING_MERGED) {
        fill(layer, newest);
        continue;
      }
      mergeAll(layer, SilverVersions.grouped(silver.versions(position, newest), mostRows));
    }
  }

  /** Until all are merged, or the ledger stands elsewhere: then it is to go on from there. */
  private void mergeAll(Reports layer, List<SilverVersions> groups) {
    try (Prefetcher<SilverVersions, Staged> ahead = Staging.ahead(groups, this::stage)) {
      List<Staged> ready = ahead.next();
      while (!ready.isEmpty() && !layer.stopping() && mergeReady(layer, ready)) {
        ready = ahead.next();
      }
    }
  }

  /** At once what was only added to; replaced days by themselves, in their place. */
  private boolean mergeReady(Reports layer, List<Staged> ready) {
    int from = 0;
    while (from < ready.size()) {
      if (from > 0 && layer.stopping()) {
        return false;
      }
      int until = from + 1;
      while (ready.get(from).rows() != null
          && until < ready.size()
          && ready.get(until).rows() != null) {
        until++;
      }
      if (!mergeAtOnce(layer, ready.subList(from, until))) {
        return false;
      }
      from = until;
    }
    return true;
  }

  /** Days that were replaced are made again from the table: there is nothing to stage for them. */
  private Staged stage(SilverVersions versions) {
    PhaseTimer clock = new PhaseTimer();
    if (!versions.replacedDays().isEmpty()) {
      return new Staged(versions, null, clock);
    }
    List<TableFile> files = versions.addedOutside(Set.of());
    BatchProfile mode = BatchProfile.of(rows(files), mostLiveRows);
    Staging.Result rows = merge.stage(mode.gathered(silver.rows(sessions.get(mode), files)));
    clock.end("stage");
    return new Staged(versions, rows, clock);
  }

  /** Makes some marts from silver as of the version that is merged. */
  void fill(Reports layer, Set<String> marts, long version) {
    PhaseTimer clock = new PhaseTimer();
    long rows = rows(silver.filesAt(version));
    SilverSnapshot history = history(BatchProfile.of(rows, mostLiveRows));
    layer.rebuild(() -> position = merge.fill(marts, history, version));
    clock.end("fill");
    layer.done(new LayerBatch(position, rows, rows, Map.of(), 0, clock.total(), clock.phases()));
  }

  /** Makes a gold that has merged nothing of the whole of silver, or goes on with that. */
  private void fill(Reports layer, long newest) {
    PhaseTimer clock = new PhaseTimer();
    long rows = rows(silver.filesAt(newest));
    SilverSnapshot history = history(BatchProfile.of(rows, mostLiveRows));
    layer.rebuild(() -> position = merge.fill(history, newest, this::layerStatus, layer::stopping));
    clock.end("rebuild");
    if (position != GoldMerge.NOTHING_MERGED) {
      layer.done(new LayerBatch(position, rows, rows, Map.of(), 0, clock.total(), clock.phases()));
    }
  }

  private SilverSnapshot history(BatchProfile mode) {
    return new SilverSnapshot(silver, sessions.get(mode), mostRows);
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private boolean mergeAtOnce(Reports layer, List<Staged> ready) {
    SilverVersions versions = SilverVersions.joined(ready.stream().map(Staged::versions).toList());
    PhaseTimer clock = ready.get(0).clock();
    ready.stream().skip(1).forEach(more -> clock.add(more.clock()));
    clock.resume();
    TableVersion last = versions.last();
    Set<LocalDate> replaced = versions.replacedDays();
    List<TableFile> files = versions.addedOutside(replaced);
    long rows = rows(files);
    SilverRange range = new SilverRange(position, last.version());
    long placeholders = 0;
    if (replaced.isEmpty()) {
      SilverHistory history = history(BatchProfile.of(rows, mostLiveRows));
      List<Staging.Result> staged = ready.stream().map(Staged::rows).toList();
      placeholders = staged.stream().mapToLong(result -> result.counts().placeholders()).sum();
      position = merge.merge(staged, range, history, layerStatus(last));
      clock.end("merge");
    } else {
      position = replace(replaced, files, range, layerStatus(last));
      clock.end("replace");
    }
    long newest = last.state().newestMicros();
    layer.done(
        new LayerBatch(
            position,
            rows,
            rows,
            Map.of("placeholders", placeholders),
            newest,
            clock.total(),
            clock.phases()));
    return position == last.version();
  }

  private long replace(
      Set<LocalDate> days, List<TableFile> others, SilverRange range, LayerStatusSnapshot status) {
    SilverSnapshot after = history(BatchProfile.THROUGHPUT);
    return merge.replace(after, days, after.chunks(others), range, status);
  }

  /** What silver says in its commit of itself and of the layers before it. */
  private LayerStatusSnapshot layerStatus(TableVersion last) {
    // A rewrite moves only some of them.
    boolean all = last.state().isEmpty() || last.state().has(TableState.COMMITTED);
    return layerStatus(last.version(), all ? last.state() : silver.stateAt(last.version()));
  }

  /** The same as of a version. */
  LayerStatusSnapshot layerStatus(long version) {
    return layerStatus(version, silver.stateAt(version));
  }

  private static LayerStatusSnapshot layerStatus(long version, TableState state) {
    return state.isEmpty() ? LayerStatusSnapshot.UNKNOWN : LayerStatusSnapshot.told(version, state);
  }

  /** Gives the connection back. */
  @Override
  public void close() {
    merge.close();
  }
}
