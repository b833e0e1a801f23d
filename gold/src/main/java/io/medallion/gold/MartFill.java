package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.gold.define.DeclaredMarts;
import io.medallion.gold.merge.MartTables;
import io.medallion.lakehouse.layer.LayerBatch;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills marts from silver's history while the others are live, until they take their place when
 * both ledgers stand at the same version.
 *
 * <p>Works in a thread from its creation until closed.
 */
final class MartFill implements AutoCloseable, MergeLoop.Reports {
  private static final Logger LOG = LoggerFactory.getLogger(MartFill.class);

  /** So many versions are merged in the moment in which it takes its place. */
  static final long NEAR = 20;

  /** Parts are small, so that tasks of the live marts need not wait long for a core. */
  static final long MOST_ROWS = 200_000;

  private final Configuration configuration;
  private final DeclaredMarts declared;
  private final Refill refill;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile RuntimeException failure;

  /**
   * Starts.
   *
   * @param declared all marts
   * @param refill makes those to be filled; closed with this
   */
  MartFill(Configuration configuration, DeclaredMarts declared, Refill refill) {
    this.configuration = configuration;
    this.declared = declared;
    this.refill = refill;
    this.thread = new Thread(this::run, "gold-fill");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      refill.run(this);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  List<String> names() {
    return refill.filling().names();
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
    refill.loop().advance(this, version);
    boolean swapped = MartTables.swap(configuration, declared, refill.filling());
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
    refill.close();
  }
}
