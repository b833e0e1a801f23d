package io.medallion.lakehouse;

import io.medallion.common.config.Configuration;
import io.medallion.common.config.Keys;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.ReplayMetadata;
import io.medallion.lakehouse.delta.WriterChoice;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.SparkInternals;
import io.medallion.lakehouse.store.LakeLocks;
import io.medallion.lakehouse.store.LockHolder;
import io.medallion.lakehouse.store.TableLock;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * The folder, local or on an object store, that holds the three tables, their locks and the
 * checkpoints.
 *
 * @param session the session its tables are opened with
 * @param path the folder
 * @param checkpoints where streaming queries keep their disposable checkpoints
 * @param writer who writes the files of its tables
 */
public record Lake(SparkSession session, String path, String checkpoints, WriterChoice writer) {
  /**
   * The lake of a configuration. Makes its folder, readable by its owner alone or by its group too,
   * and that of its checkpoints, readable by their owner alone.
   *
   * @throws MedallionException if they cannot be written
   */
  public static Lake open(SparkSession session, Configuration configuration) {
    Lake lake = look(session, configuration);
    FolderReaders readers =
        configuration.get(Keys.LAKE_READABLE_BY_GROUP) ? FolderReaders.GROUP : FolderReaders.OWNER;
    lake.localPath().ifPresent(readers::make);
    LakeFolder.localPath(lake.checkpoints).ifPresent(FolderReaders.OWNER::make);
    return lake;
  }

  /**
   * The lake of a configuration, to be read: nothing is made if there is none.
   *
   * @throws MedallionException if its store does not answer, or it is a folder of this machine and
   *     others do the work
   */
  public static Lake look(SparkSession session, Configuration configuration) {
    String path = configuration.get(Keys.LAKE_PATH);
    boolean onThisMachine = session.sparkContext().isLocal();
    if (!onThisMachine && !configuration.get(Keys.LAKE_SHARED_FOLDER)) {
      LakeFolder.requireReachable(path, session.sparkContext().master());
    }
    String checkpoints = configuration.find(Keys.CHECKPOINT_PATH).orElse(path + "/_checkpoints");
    WriterChoice writer = new WriterChoice(configuration.get(Keys.LAKE_FAST_WRITER));
    Lake lake = new Lake(session, path, checkpoints, writer);
    lake.folder().answering();
    return lake;
  }

  /** The lake as files, by the settings of its session. */
  public LakeFolder folder() {
    return new LakeFolder(path, () -> SparkInternals.hadoopConfiguration(session));
  }

  /** The same lake, opened with another session. */
  public Lake in(SparkSession other) {
    return new Lake(other, path, checkpoints, writer);
  }

  /** The lake's folder if it is on this machine's disk, where locks between processes work. */
  public Optional<java.nio.file.Path> localPath() {
    return LakeFolder.localPath(path);
  }

  /** A table of this lake, which may not exist yet. */
  public LakeTable table(TableDefinition definition) {
    return new LakeTable(session, definition, folder().address(definition), writer);
  }

  /**
   * The table that a layer reads. A layer that stays waits for the one before it to make it.
   *
   * @param once whether the layer only takes what is there now, and so does not wait
   * @throws MedallionException if it is not there, in time
   */
  public LakeTable source(TableDefinition definition, Configuration configuration, boolean once) {
    LakeTable table = table(definition);
    return once ? table.required() : table.awaited(configuration.get(Keys.LAKE_START_TIMEOUT));
  }

  /** A table of this lake, created if it is missing. */
  @SuppressWarnings("try") // The lock is held, not used.
  public LakeTable createTable(TableDefinition definition) {
    try (TableLock creating = lockCommits(definition)) {
      return table(definition).create(locksCommits());
    }
  }

  /**
   * Takes the lock that a layer holds while it lives. On a store without locks ({@code s3a}, {@code
   * hdfs}) it is a lease, and a holder that was killed is known to be gone after most of a minute.
   *
   * @throws MedallionException if another instance of the layer holds it
   */
  public TableLock lockLayer(String layer) {
    return locks().layer(layer);
  }

  /** Who runs a layer, on whichever host or in whichever container; empty if nobody does. */
  public Optional<LockHolder> holderOf(String layer) {
    return locks().holder(layer);
  }

  /**
   * Waits for the lock under which a table's rows are written or rewritten. Between processes it
   * holds on a local disk only; elsewhere who is no layer uses {@link #withoutLayer}.
   */
  public TableLock lockCommits(TableDefinition table) {
    return locks().commits(table.name());
  }

  /**
   * Makes sure that a layer does not write while somebody else changes its tables: where single
   * commits cannot be locked, it must be stopped, and cannot be started meanwhile.
   *
   * @throws MedallionException if it would have to be stopped and runs
   */
  public TableLock withoutLayer(String layer) {
    LakeLocks locks = locks();
    if (locks.betweenProcesses()) {
      return () -> {};
    }
    try {
      return locks.layer(layer);
    } catch (MedallionException e) {
      if (e.code() != ErrorCode.LAKE_LOCKED) {
        throw e;
      }
      throw new MedallionException(
          ErrorCode.LAKE_WITHOUT_LOCKS,
          "The layer %s runs, and %s is on a store that has no locks for commits"
              .formatted(layer, path),
          "Nothing there makes a layer wait while its tables are rewritten. " + e.problem() + ".",
          "Stop the layer, run this again, start the layer again.",
          e);
    }
  }

  /** Whether a layer waits while its tables are rewritten, so that it need not be stopped. */
  public boolean locksCommits() {
    return locks().betweenProcesses();
  }

  private LakeLocks locks() {
    return folder().locks();
  }

  /** Leaves word that a rewrite has begun. */
  public void begin(ReplayMetadata metadata) {
    folder().begin(metadata);
  }

  /** Takes that word back: all its commits are in, and with them those of any cut off before. */
  public void end(ReplayMetadata metadata) {
    folder().end(metadata);
  }

  /** The rewrites that have begun and not ended: cut off, or at work. */
  public List<ReplayMetadata> unfinishedReplays() {
    return folder().unfinishedReplays();
  }

  /** Leaves word of what waits in Kafka, in place of the last one. */
  public void tellKafkaLag(SourceLag lag) {
    folder().tellKafkaLag(lag);
  }

  /** The last word of what waits in Kafka; empty if there is none, or it is just written. */
  public Optional<SourceLag> kafkaLag() {
    return folder().kafkaLag();
  }
}
