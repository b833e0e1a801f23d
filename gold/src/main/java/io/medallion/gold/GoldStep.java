package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.source.SilverHistory;
import io.medallion.gold.source.SilverRange;
import io.medallion.gold.source.SilverSnapshot;
import io.medallion.gold.source.SilverVersions;
import io.medallion.gold.stage.Staging;
import io.medallion.gold.status.LayerStatusSnapshot;
import io.medallion.lakehouse.Lake;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.delta.TableState;
import io.medallion.lakehouse.delta.TableVersion;
import io.medallion.lakehouse.layer.Layer;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.layer.LayerProgress;
import io.medallion.lakehouse.layer.PhaseTimer;
import io.medallion.lakehouse.layer.Prefetcher;
import io.medallion.lakehouse.layer.SourcePosition;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.session.BatchProfile;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes gold from where its ledger stands to where silver stands, some whole versions at a time.
 */
final class GoldStep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GoldStep.class);

  /**
   * Versions ready to be merged.
   *
   * @param versions those
   * @param rows null if days were replaced
   * @param clock what it took so far
   */
  private record Staged(SilverVersions versions, Staging.Result rows, PhaseTimer clock) {}

  private final LakeTable silver;
  private final Configuration configuration;
  private final long mostRows;
  private final long mostLiveRows;
  private final Map<BatchProfile, SparkSession> sessions;
  private GoldMerge merge;
  private volatile long position = GoldMerge.NOTHING_MERGED;

  GoldStep(Lake lake, LakeTable silver, Configuration configuration) {
    this.silver = silver;
    this.configuration = configuration;
    this.mostRows = configuration.get(Keys.GOLD_MAX_RECORDS);
    this.mostLiveRows = configuration.get(Keys.LOW_LATENCY_MAX_RECORDS);
    this.sessions =
        Map.of(
            BatchProfile.LOW_LATENCY,
            BatchProfile.LOW_LATENCY.session(lake.session()),
            BatchProfile.THROUGHPUT,
            BatchProfile.THROUGHPUT.session(lake.session()));
  }

  /** The version of silver that gold has merged. */
  long position() {
    return position;
  }

  /** Gold's progress, from silver's states: that of the version merged, next to the newest. */
  LayerProgress progress() {
    long merged = position;
    long newest = silver.version();
    TableState now = silver.state();
    TableState then =
        merged == GoldMerge.NOTHING_MERGED
            ? TableState.EMPTY
            : silver.stateAt(Math.min(merged, newest));
    long taken = then.rows();
    return new LayerProgress(
        taken,
        Math.max(0, now.rows() - taken),
        then.newestMicros(),
        Map.of(),
        Map.of(silver.definition().name(), new SourcePosition(merged, newest)),
        List.of());
  }

  /**
   * Merges everything that silver holds now and gold has not merged. After an error the schema and
   * the ledger are looked at again: Postgres may have been restored to a time before both.
   */
  void advance(Layer layer) {
    try {
      if (merge == null) {
        open();
        fillOutdated(layer);
        position = merge.position();
      }
      advance(layer, silver.versionAfter(position));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void advance(Layer layer, long newest) {
    while (position < newest && !layer.stopping()) {
      if (position == GoldMerge.NOTHING_MERGED) {
        rebuild(layer, newest);
        continue;
      }
      mergeAll(layer, SilverVersions.grouped(silver.versions(position, newest), mostRows));
    }
  }

  /** Until all are merged, or the ledger stands elsewhere: then it is to go on from there. */
  private void mergeAll(Layer layer, List<SilverVersions> groups) {
    try (Prefetcher<SilverVersions, Staged> ahead = Staging.ahead(groups, this::stage)) {
      List<Staged> ready = ahead.next();
      while (!ready.isEmpty() && !layer.stopping() && mergeReady(layer, ready)) {
        ready = ahead.next();
      }
    }
  }

  /** At once what was only added to; replaced days by themselves, in their place. */
  private boolean mergeReady(Layer layer, List<Staged> ready) {
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

  /**
   * Makes gold from the whole of silver as it is now. So begins a gold that has no position: the
   * versions before may be gone, or hold rewrites whose rows are not silver's any more.
   */
  void rebuild(Layer layer) {
    open();
    rebuild(layer, silver.version());
  }

  /**
   * Makes some marts again from silver as far as gold has merged it.
   *
   * @param marts their names
   * @throws MedallionException if there is no such mart
   */
  void rebuild(Layer layer, Set<String> marts) {
    open();
    merge.marts().requireKnown(marts);
    long version = merge.version();
    if (version != GoldMerge.NOTHING_MERGED) {
      fill(layer, marts, version);
    }
  }

  /**
   * Marts that a gold in use has never made, or has made by another definition, are made from
   * silver's history before anything is added to them.
   */
  private void fillOutdated(Layer layer) {
    Set<String> outdated = merge.outdated();
    if (!outdated.isEmpty()) {
      LOG.info("Making {} from silver's history", outdated);
      fill(layer, outdated, merge.version());
    }
  }

  private void fill(Layer layer, Set<String> marts, long version) {
    PhaseTimer clock = new PhaseTimer();
    long rows = rows(silver.filesAt(version));
    SilverSnapshot history = history(BatchProfile.of(rows, mostLiveRows));
    layer.rebuild(() -> position = merge.fill(marts, history, version));
    clock.end("fill");
    layer.done(new LayerBatch(position, rows, rows, Map.of(), 0, clock.total(), clock.phases()));
  }

  private void rebuild(Layer layer, long version) {
    PhaseTimer clock = new PhaseTimer();
    long rows = rows(silver.filesAt(version));
    SilverSnapshot history = history(BatchProfile.of(rows, mostLiveRows));
    LayerStatusSnapshot status = layerStatus(version, silver.stateAt(version));
    layer.rebuild(() -> position = merge.rebuild(history, version, status));
    clock.end("rebuild");
    layer.done(new LayerBatch(position, rows, rows, Map.of(), 0, clock.total(), clock.phases()));
  }

  private SilverSnapshot history(BatchProfile mode) {
    return new SilverSnapshot(silver, sessions.get(mode), mostRows);
  }

  private static long rows(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  private void open() {
    if (merge == null) {
      DeclaredMarts declared =
          DeclaredMarts.load(
              sessions.get(BatchProfile.LOW_LATENCY),
              TableDefinition.SILVER.schema(),
              configuration);
      merge = GoldMerge.open(configuration, declared, silver.id());
    }
  }

  private boolean mergeAtOnce(Layer layer, List<Staged> ready) {
    SilverVersions versions = SilverVersions.joined(ready.stream().map(Staged::versions).toList());
    PhaseTimer clock = ready.get(0).clock();
    ready.stream().skip(1).forEach(more -> clock.add(more.clock()));
    clock.resume();
    TableVersion last = versions.last();
    Set<LocalDate> replaced = versions.replacedDays();
    List<TableFile> files = versions.addedOutside(replaced);
    long rows = rows(files);
    SilverRange range = new SilverRange(position, last.version());
    if (replaced.isEmpty()) {
      SilverHistory history = history(BatchProfile.of(rows, mostLiveRows));
      List<Staging.Result> staged = ready.stream().map(Staged::rows).toList();
      position = merge.merge(staged, range, history, layerStatus(last));
      clock.end("merge");
    } else {
      position = replace(replaced, files, range, layerStatus(last));
      clock.end("replace");
    }
    long newest = last.state().newestMicros();
    layer.done(
        new LayerBatch(position, rows, rows, Map.of(), newest, clock.total(), clock.phases()));
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
    boolean all = last.state().isEmpty() || last.state().has(TableState.SEQ);
    return layerStatus(last.version(), all ? last.state() : silver.stateAt(last.version()));
  }

  private static LayerStatusSnapshot layerStatus(long version, TableState state) {
    return state.isEmpty() ? LayerStatusSnapshot.UNKNOWN : LayerStatusSnapshot.told(version, state);
  }

  @Override
  public void close() {
    if (merge != null) {
      merge.close();
      merge = null;
    }
  }
}
