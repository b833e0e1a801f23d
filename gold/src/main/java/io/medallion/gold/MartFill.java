package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.define.MartDefinition;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.layer.LayerBatch;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills marts from silver's history while the others are live: a gold of its own in another schema,
 * with a ledger of its own, which takes its place when both ledgers stand at the same version.
 *
 * <p>Works in a thread from its creation until closed. A process that dies leaves the other schema
 * behind, and the next one goes on with it.
 */
final class MartFill implements AutoCloseable, MergeLoop.Reports {
  private static final Logger LOG = LoggerFactory.getLogger(MartFill.class);

  /** So many versions are merged in the moment in which it takes its place. */
  private static final long NEAR = 20;

  /** Parts are small, so that tasks of the live marts need not wait long for a core. */
  private static final long MOST_ROWS = 200_000;

  /** Silver does not have what comes after the version that was reached. */
  private static final Set<ErrorCode> NO_WAY_ON =
      Set.of(ErrorCode.LAKE_VERSIONS_GONE, ErrorCode.LAKE_TABLE_WENT_BACK);

  private final LakeTable silver;
  private final Configuration configuration;
  private final Map<BatchProfile, SparkSession> sessions;
  private final DeclaredMarts declared;
  private final List<MartDefinition> marts;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile RuntimeException failure;
  private volatile MergeLoop loop;

  /**
   * Starts.
   *
   * @param declared all marts
   * @param marts those to be filled
   */
  MartFill(
      LakeTable silver,
      Configuration configuration,
      Map<BatchProfile, SparkSession> sessions,
      DeclaredMarts declared,
      List<MartDefinition> marts) {
    this.silver = silver;
    this.configuration = configuration;
    this.sessions = sessions;
    this.declared = declared;
    this.marts = marts;
    this.thread = new Thread(this::run, "gold-fill");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      fill();
    } catch (MedallionException e) {
      if (!NO_WAY_ON.contains(e.code())) {
        failure = e;
        return;
      }
      LOG.warn("Filling {} begins again: {}", names(), e.problem());
      beginAgain();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void beginAgain() {
    try {
      loop.close();
      MartTables.endFilling(configuration);
      fill();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void fill() {
    boolean goesOn = MartTables.begin(configuration, marts, silver.id());
    LOG.info("{} {} from silver's history", goesOn ? "Going on to fill" : "Filling", names());
    MergeLoop own =
        new MergeLoop(
            silver,
            GoldMerge.filling(configuration, marts, silver.id()),
            sessions,
            Math.min(MOST_ROWS, configuration.get(Keys.GOLD_MAX_RECORDS)),
            configuration.get(Keys.LOW_LATENCY_MAX_RECORDS));
    loop = own;
    own.begin();
    long newest = silver.versionAfter(own.position());
    while (!stopping && own.position() < newest) {
      own.advance(this, newest);
      newest = silver.version() - NEAR;
    }
  }

  List<String> names() {
    return marts.stream().map(MartDefinition::name).toList();
  }

  /** Whether little is left to do, or nothing can be done. */
  boolean isNear() {
    return !thread.isAlive();
  }

  /**
   * Takes its place in gold.
   *
   * @param version where gold's ledger stands
   * @param wait whether to wait until all of history is in
   * @return false if gold's ledger stands elsewhere
   */
  boolean swap(long version, boolean wait) {
    if (wait) {
      join();
    }
    if (failure != null) {
      throw failure;
    }
    loop.advance(this, version);
    boolean swapped = MartTables.swap(configuration, declared, marts);
    if (swapped) {
      LOG.info("{} filled up to version {} of silver, and live from there", names(), version);
    }
    return swapped;
  }

  @Override
  public boolean stopping() {
    return stopping;
  }

  @Override
  public void rebuild(Runnable work) {
    work.run();
  }

  @Override
  public void done(LayerBatch batch) {
    LOG.info(
        "Filling {}: {} rows up to version {} of silver", names(), batch.rowsIn(), batch.version());
  }

  private void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stopping = true;
    join();
    if (loop != null) {
      loop.close();
    }
  }
}
