package io.medallion.lakehouse.delta;

import io.delta.kernel.Scan;
import io.delta.kernel.ScanBuilder;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.checksum.CRCInfo;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.medallion.lakehouse.schema.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** One version of a table as Delta Kernel reads it: its columns and files, without a Spark job. */
public final class LogSnapshot {
  /**
   * A data file.
   *
   * @param path its address, as a path of Hadoop's has it
   * @param partition the date of its folder
   * @param size bytes
   * @param writtenMillis when it was written, milliseconds since 1970
   */
  public record LoggedFile(String path, LocalDate partition, long size, long writtenMillis) {}

  private final Engine engine;
  private final TableDefinition definition;
  private final SnapshotImpl snapshot;

  LogSnapshot(Engine engine, TableDefinition definition, SnapshotImpl snapshot) {
    this.engine = engine;
    this.definition = definition;
    this.snapshot = snapshot;
  }

  /**
   * Whether its rows are those of its Parquet files, each column by its name: a table of ours that
   * nobody has given a feature that readers must know, such as deletion vectors.
   */
  public boolean isPlain() {
    Protocol protocol = snapshot.getProtocol();
    return protocol.getMinReaderVersion() == 1
        && protocol.getReaderFeatures().isEmpty()
        && snapshot.getPartitionColumnNames().equals(List.of(definition.partitionColumn()));
  }

  /** The column of the date of a file's folder. */
  public String partitionColumn() {
    return definition.partitionColumn();
  }

  /** Its columns, those that a contract has added among them. */
  public StructType schema() {
    return (StructType) DataType.fromJson(snapshot.getMetadata().getSchemaString());
  }

  /**
   * Its files.
   *
   * @param sought leaves out those that, by what the log says of them, hold no row of it
   */
  public List<LoggedFile> files(Optional<Predicate> sought) {
    ScanBuilder builder = snapshot.getScanBuilder();
    Scan scan = sought.map(builder::withFilter).orElse(builder).build();
    List<LoggedFile> files = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext()) {
        try (CloseableIterator<Row> rows = batches.next().getRows()) {
          rows.forEachRemaining(row -> files.add(file(row)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private LoggedFile file(Row row) {
    FileStatus file = InternalScanFileUtils.getAddFileStatus(row);
    String day = InternalScanFileUtils.getPartitionValues(row).get(definition.partitionColumn());
    return new LoggedFile(
        file.getPath(), LocalDate.parse(day), file.getSize(), file.getModificationTime());
  }

  /** How large its files are together; empty where that is not written down beside the log. */
  public Optional<Long> bytes() {
    return snapshot.getCurrentCrcInfo().map(CRCInfo::getTableSizeBytes);
  }
}
