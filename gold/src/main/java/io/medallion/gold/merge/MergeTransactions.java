package io.medallion.gold.merge;

import io.medallion.gold.alert.AlertJudge;
import io.medallion.gold.mart.Marts;
import io.medallion.gold.postgres.Backoff;
import io.medallion.gold.postgres.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions on gold's tables, tried again while Postgres is away.
 *
 * <p>Not thread-safe. Holds a connection from the first one on, until closed.
 */
final class MergeTransactions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MergeTransactions.class);

  /** What happens inside a transaction; returns where the ledger then stands. */
  @FunctionalInterface
  interface Work {
    long run(MergeSession session, Ledger ledger) throws SQLException, MergeSession.StagedRowsGone;
  }

  private final Postgres postgres;
  private final Marts marts;
  private final String silverTable;
  private final Duration patience;
  private final String schema;
  private final AlertJudge alerts;
  private MergeSession session;

  /**
   * @param postgres as the role that writes
   * @param silverTable the id of the silver table that the ledger is about
   * @param patience how long work is tried again while Postgres is away
   * @param schema where the ledger is
   * @param alerts what judges alerts in them
   */
  MergeTransactions(
      Postgres postgres,
      Marts marts,
      String silverTable,
      Duration patience,
      String schema,
      AlertJudge alerts) {
    this.postgres = postgres;
    this.marts = marts;
    this.silverTable = silverTable;
    this.patience = patience;
    this.schema = schema;
    this.alerts = alerts;
  }

  /**
   * Runs work in a transaction, again where Postgres was away or in each other's way. Work that may
   * have been committed is safe to run again: it finds the ledger moved.
   *
   * @return what the work returned; where the ledger stands where staged rows were gone, and
   *     nothing was done
   */
  long run(Work work) {
    Backoff backoff = new Backoff(patience);
    while (true) {
      try {
        MergeSession merge = session();
        long version = work.run(merge, new Ledger(merge.connection(), silverTable, schema));
        merge.connection().commit();
        return version;
      } catch (MergeSession.StagedRowsGone e) {
        close();
        LOG.warn("Nothing was merged: {}", e.getMessage());
        return run((merge, ledger) -> ledger.version());
      } catch (SQLException e) {
        close();
        if (!Postgres.mayReturn(e)) {
          throw postgres.failed(e);
        }
        LOG.warn("Merging failed, trying again: {}", e.getMessage());
        if (!backoff.pause()) {
          throw postgres.unreachable(patience, e);
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }
  }

  /** Runs a Spark job whose executors write to Postgres, again where one lost its connection. */
  <T> T stage(Supplier<T> job) {
    Backoff backoff = new Backoff(patience);
    while (true) {
      try {
        return job.get();
      } catch (Exception e) {
        SQLException cause = sqlCause(e);
        if (cause == null || !Postgres.isPassing(cause)) {
          throw e;
        }
        LOG.warn("Staging failed, trying again: {}", cause.getMessage());
        if (!backoff.pause()) {
          throw postgres.unreachable(patience, cause);
        }
      }
    }
  }

  private MergeSession session() throws SQLException {
    if (session == null) {
      session = new MergeSession(postgres.connect(), marts);
      alerts.prepare(session.connection());
      session.sweep();
      session.connection().commit();
    }
    return session;
  }

  private static SQLException sqlCause(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  /** Gives the connection back; what is not committed is undone. */
  @Override
  public void close() {
    if (session != null) {
      postgres.closeQuietly(session.connection());
      session = null;
    }
  }
}
