package io.medallion.lakehouse.delta;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.TableManager;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.checksum.CRCInfo;
import io.delta.kernel.internal.checksum.ChecksumReader;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.replay.LogReplay;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.internal.util.FileNames;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.store.HardLinkLogStore;
import io.medallion.lakehouse.store.S3ConditionalWriteLogStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/**
 * A table as its log tells of it, read by Delta Kernel: for looks that need no Spark session, which
 * costs seconds to start. Never writes.
 *
 * <p>{@link LakeTable} reads the same log where a session is there anyway.
 */
public final class TableLog {
  private static final String LOG_STORE = "io.delta.kernel.logStore.%s.impl";

  private final TableDefinition definition;
  private final String path;
  private final Configuration hadoop;
  private final Engine engine;

  private TableLog(TableDefinition definition, String path, Configuration hadoop) {
    this.definition = definition;
    this.path = path;
    this.hadoop = hadoop;
    this.engine = DefaultEngine.create(hadoop);
  }

  /**
   * Of a table, which may not exist yet.
   *
   * @param path its address
   * @param hadoop how its store is reached
   */
  public static TableLog of(TableDefinition definition, String path, Configuration hadoop) {
    Configuration ours = new Configuration(hadoop);
    ours.set(LOG_STORE.formatted("file"), HardLinkLogStore.class.getName());
    ours.set(LOG_STORE.formatted("s3a"), S3ConditionalWriteLogStore.class.getName());
    return new TableLog(definition, path, ours);
  }

  /** What it looks like. */
  public TableDefinition definition() {
    return definition;
  }

  /** Whether its log has a first version. */
  public boolean exists() {
    return newest().isPresent();
  }

  /**
   * Makes sure that it is there.
   *
   * @throws MedallionException if the layer that writes it has not created it yet
   */
  public TableLog required() {
    if (!exists()) {
      throw missing();
    }
    return this;
  }

  private MedallionException missing() {
    return new MedallionException(
        ErrorCode.LAKE_TABLE_MISSING,
        "There is no %s table at %s".formatted(definition.name(), path),
        "The layer that writes it has not run on this lake yet.",
        "Start that layer first, or check lake.path.");
  }

  /**
   * Its newest version.
   *
   * @throws MedallionException if the layer that writes it has not created it yet
   */
  public LogSnapshot snapshot() {
    Snapshot newest = newest().orElseThrow(this::missing);
    return new LogSnapshot(engine, definition, (SnapshotImpl) newest);
  }

  /** The counters and source positions of its newest version; empty if it does not exist. */
  public Optional<TableState> state() {
    return newest().map(this::state);
  }

  /**
   * Its newest versions that the log still has, the newest first.
   *
   * @param most how many at most
   * @throws MedallionException if the table does not exist
   */
  public List<CommitSummary> commits(int most) {
    Snapshot snapshot = newest().orElseThrow(this::missing);
    List<FileStatus> files = commitFiles(snapshot, most);
    List<CommitSummary> found = new ArrayList<>();
    for (FileStatus file : files) {
      found.add(CommitSummary.read(engine, FileNames.deltaVersion(file.getPath()), file));
    }
    return found;
  }

  private List<FileStatus> commitFiles(Snapshot snapshot, int most) {
    List<FileStatus> files = new ArrayList<>();
    try {
      for (long version = snapshot.getVersion(); version >= 0 && files.size() < most; version--) {
        String name = FileNames.deltaFile(snapshot.getLogPath(), version);
        files.add(engine.getFileSystemClient().getFileStatus(name));
      }
    } catch (IOException e) {
      // Clean-up has removed what is older.
      if (files.isEmpty()) {
        throw new UncheckedIOException(e);
      }
    }
    return files;
  }

  /**
   * Hands over rows of the newest version, one at a time: those of files that may hold what is
   * sought, so that others come, too.
   *
   * @param columns wanted, in this order
   * @param sought which rows are meant
   * @throws MedallionException if the table does not exist
   */
  public void rows(List<String> columns, Predicate sought, Consumer<Row> rows) {
    Snapshot snapshot = newest().orElseThrow(this::missing);
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(snapshot.getSchema().get(column));
    }
    Scan scan = snapshot.getScanBuilder().withReadSchema(schema).withFilter(sought).build();
    Row state = scan.getScanState(engine);
    try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
      while (files.hasNext()) {
        try (CloseableIterator<Row> batch = files.next().getRows()) {
          while (batch.hasNext()) {
            rowsOf(state, batch.next(), rows);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void rowsOf(Row scan, Row file, Consumer<Row> rows) throws IOException {
    CloseableIterator<FileReadResult> read =
        engine
            .getParquetHandler()
            .readParquetFiles(
                Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                ScanStateRow.getPhysicalDataReadSchema(scan),
                Optional.empty());
    try (CloseableIterator<FilteredColumnarBatch> batches =
        Scan.transformPhysicalData(engine, scan, file, read.map(FileReadResult::getData))) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> batch = batches.next().getRows()) {
          batch.forEachRemaining(rows);
        }
      }
    }
  }

  private Optional<Snapshot> newest() {
    try {
      return Optional.of(TableManager.loadSnapshot(path).build(engine));
    } catch (TableNotFoundException e) {
      return Optional.empty();
    } catch (RuntimeException e) {
      if (FirstVersion.of(path, hadoop).isTorn()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * From the newest checksum file, in which Delta keeps them, and the commits since; all of the log
   * is read if there is none.
   */
  private TableState state(Snapshot snapshot) {
    LogSegment log = snapshot.getLogSegment();
    Optional<CRCInfo> known =
        log.getLastSeenChecksum()
            .flatMap(file -> ChecksumReader.tryReadChecksumFile(engine, file))
            .filter(crc -> crc.getSetTransactions().isPresent())
            .filter(crc -> crc.getVersion() >= log.getCheckpointVersionOpt().orElse(-1L));
    Map<String, Long> state = new HashMap<>();
    try (ActionsIterator actions =
        new ActionsIterator(
            engine,
            known.map(crc -> since(log, crc.getVersion())).orElseGet(log::allLogFilesReversed),
            LogReplay.SET_TRANSACTION_READ_SCHEMA,
            Optional.empty())) {
      while (actions.hasNext()) {
        var batch = actions.next().getColumnarBatch();
        for (int row = 0; row < batch.getSize(); row++) {
          note(SetTransaction.fromColumnVector(batch.getColumnVector(0), row), state);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    known.flatMap(CRCInfo::getSetTransactions).ifPresent(all -> all.forEach(t -> note(t, state)));
    return new TableState(state);
  }

  /** The newest comes first. */
  private static void note(SetTransaction transaction, Map<String, Long> state) {
    if (transaction != null) {
      state.putIfAbsent(transaction.getAppId(), transaction.getVersion());
    }
  }

  private static List<FileStatus> since(LogSegment log, long version) {
    return log.allLogFilesReversed().stream()
        .filter(file -> FileNames.isCommitFile(file.getPath()))
        .filter(file -> FileNames.deltaVersion(file.getPath()) > version)
        .toList();
  }
}
