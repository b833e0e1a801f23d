package io.medallion.gold;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.gold.merge.Filling;
import io.medallion.gold.merge.GoldMerge;
import io.medallion.gold.merge.MartTables;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.session.BatchProfile;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes marts from silver's history out of readers' sight, as a gold of its own with a ledger of
 * its own. Goes on where a process has died over the same marts.
 */
final class Refill implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Refill.class);

  /** Silver does not have what comes after the version that was reached. */
  private static final Set<ErrorCode> NO_WAY_ON =
      Set.of(ErrorCode.LAKE_VERSIONS_GONE, ErrorCode.LAKE_TABLE_WENT_BACK);

  private final LakeTable silver;
  private final Configuration configuration;
  private final Map<BatchProfile, SparkSession> sessions;
  private final Filling filling;
  private final long mostRows;
  private final long near;
  private volatile MergeLoop loop;

  /**
   * @param mostRows of a part
   * @param near how many versions may be left to merge when it is done
   */
  Refill(
      LakeTable silver,
      Configuration configuration,
      Map<BatchProfile, SparkSession> sessions,
      Filling filling,
      long mostRows,
      long near) {
    this.silver = silver;
    this.configuration = configuration;
    this.sessions = sessions;
    this.filling = filling;
    this.mostRows = mostRows;
    this.near = near;
  }

  /** What is filled. */
  Filling filling() {
    return filling;
  }

  /** Works until it is near silver's newest version, or is to stop. */
  void run(MergeLoop.Reports reports) {
    try {
      fill(reports);
    } catch (MedallionException e) {
      if (!NO_WAY_ON.contains(e.code())) {
        throw e;
      }
      LOG.warn("Filling {} begins again: {}", filling.names(), e.problem());
      close();
      MartTables.endFilling(configuration);
      fill(reports);
    }
  }

  private void fill(MergeLoop.Reports reports) {
    boolean goesOn = MartTables.begin(configuration, filling, silver.id());
    LOG.info(
        "{} {} from silver's history", goesOn ? "Going on to fill" : "Filling", filling.names());
    loop =
        new MergeLoop(
            silver,
            GoldMerge.filling(configuration, filling, silver.id()),
            sessions,
            mostRows,
            configuration.get(Keys.LOW_LATENCY_MAX_RECORDS));
    loop.begin();
    long newest = silver.versionAfter(loop.position());
    while (!reports.stopping() && loop.position() < newest) {
      loop.advance(reports, newest);
      newest = silver.version() - near;
    }
  }

  /** What merges into it, once it has begun to. */
  MergeLoop loop() {
    return loop;
  }

  /** Gives the connection back. */
  @Override
  public void close() {
    if (loop != null) {
      loop.close();
    }
  }
}
