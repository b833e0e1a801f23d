package io.medallion.lakehouse.delta;

import io.medallion.common.error.ErrorCode;
import io.medallion.common.error.MedallionException;
import io.medallion.lakehouse.parquet.DataFile;
import io.medallion.lakehouse.parquet.PartitionedDataFileWriter;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.crypto.EncryptionPropertiesFactory;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.delta.DeltaConcurrentModificationException;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One version in the making: rows, and the table's new {@link TableState}, in one atomic commit.
 *
 * <p>Used by one thread, once. What is never committed leaves files that no reader sees.
 */
public final class TableCommit {
  private static final Logger LOG = LoggerFactory.getLogger(TableCommit.class);
  private static final String CONSTRAINT = "delta.constraints.";
  private static final String COLUMN_MAPPING = "delta.columnMapping.mode";
  private static final String ENCRYPTION =
      EncryptionPropertiesFactory.CRYPTO_FACTORY_CLASS_PROPERTY_NAME;

  private final SparkSession session;
  private final OptimisticTransaction transaction;
  private final TableDefinition definition;
  private final WriterChoice writer;
  private final Supplier<PartitionedDataFileWriter> rowFiles;
  private final List<Action> actions = new ArrayList<>();
  private final List<TableFile> files = new ArrayList<>();
  private final Map<String, Long> state = new TreeMap<>();
  private String note;

  TableCommit(
      SparkSession session,
      OptimisticTransaction transaction,
      TableDefinition definition,
      WriterChoice writer,
      Supplier<PartitionedDataFileWriter> rowFiles) {
    this.session = session;
    this.transaction = transaction;
    this.definition = definition;
    this.writer = writer;
    this.rowFiles = rowFiles;
  }

  /** The version it builds upon. */
  public long readVersion() {
    return transaction.readVersion();
  }

  /** Writes rows into files that the commit will add. Runs a Spark job. */
  public TableCommit append(Dataset<Row> rows) {
    List<FileAction> written =
        SparkInternals.inSession(
            session, () -> CollectionConverters.asJava(transaction.writeFiles(rows)));
    written.forEach(this::add);
    return this;
  }

  /**
   * Writes rows of Spark's compact form that are in the order of their date within each partition;
   * they may have more fields than the table, behind its own. Costs less than {@link
   * #append(Dataset)}, and does the same. Runs a Spark job.
   *
   * <p>Where a setting asks for Delta's own writer, or the table needs it, that one writes them.
   */
  public TableCommit append(JavaRDD<InternalRow> rows) {
    if (!writer.fast()) {
      return appendByDelta(rows);
    }
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      writer.fallsBack(definition.name(), obstacle.get());
      return appendByDelta(rows);
    }
    List<DataFile> written = SparkInternals.inSession(session, () -> rowFiles.get().write(rows));
    written.forEach(file -> add(added(file)));
    transaction.registerSQLMetrics(session, PartitionedDataFileWriter.metrics(session, written));
    return this;
  }

  private AddFile added(DataFile file) {
    return DeltaInternals.file(
        file.path(),
        Map.of(definition.partitionColumn(), file.date()),
        file.size(),
        file.writtenMillis(),
        file.statistics(),
        file.tags());
  }

  private TableCommit appendByDelta(JavaRDD<InternalRow> rows) {
    return append(
        InternalRowDatasets.dataset(
            session, PartitionedDataFileWriter.cut(rows, definition), definition.schema()));
  }

  /**
   * Why the fast writer cannot write this table: somebody may have given it constraints, or columns
   * that are computed or have other names in its files, or have files encrypted. Delta's own way of
   * writing respects them all. Columns are in files by their names, so their order is none, nor are
   * further ones that may be null: a table that grew is written like a new one.
   *
   * @return empty if it can
   */
  public Optional<String> obstacle() {
    Metadata table = transaction.metadata();
    if (session.sparkContext().hadoopConfiguration().get(ENCRYPTION) != null) {
      return Optional.of(ENCRYPTION + " is set");
    }
    Optional<String> property =
        CollectionConverters.asJava(table.configuration()).keySet().stream()
            .filter(key -> key.startsWith(CONSTRAINT) || key.equals(COLUMN_MAPPING))
            .sorted()
            .findFirst();
    if (property.isPresent()) {
      return Optional.of("the table has " + property.get());
    }
    List<String> partitions = CollectionConverters.asJava(table.partitionColumns());
    if (!partitions.equals(List.of(definition.partitionColumn()))) {
      return Optional.of("the table is partitioned by " + partitions);
    }
    return definition
        .obstacle(table.schema())
        .or(() -> PartitionedDataFileWriter.obstacle(definition.schema()));
  }

  private void add(FileAction action) {
    actions.add(action);
    if (action instanceof AddFile add) {
      files.add(TableFile.of(add, definition.partitionColumn()));
    }
  }

  /**
   * Takes over files that another commit of the same table wrote and will not commit itself, so
   * that files can be prepared without holding anybody up.
   */
  public TableCommit adopt(List<TableFile> prepared) {
    prepared.forEach(file -> add(file.add()));
    return this;
  }

  /** Deletes files that it wrote and that nobody will commit; what stays is seen by no reader. */
  public void discard(List<TableFile> unwanted) {
    Path table = transaction.deltaLog().dataPath();
    Configuration settings = SparkInternals.hadoopConfiguration(session);
    for (TableFile file : unwanted) {
      try {
        table.getFileSystem(settings).delete(TableFile.place(table, file.path()), false);
      } catch (IOException | RuntimeException e) {
        LOG.info("{} stays behind, unread", file.path(), e);
      }
    }
  }

  /** Takes away files of the version it builds upon, with all their rows. */
  public TableCommit remove(List<TableFile> gone) {
    long now = System.currentTimeMillis();
    gone.forEach(file -> actions.add(file.add().removeWithTimestamp(now, true)));
    return this;
  }

  /**
   * Puts files with as many rows, which another commit of the same table wrote and will not commit
   * itself, in the place of files of the version it builds upon. No reader of changes sees any.
   */
  public TableCommit replace(List<TableFile> gone, TableCommit prepared) {
    long now = System.currentTimeMillis();
    gone.forEach(file -> actions.add(file.add().removeWithTimestamp(now, false)));
    prepared.files.forEach(file -> actions.add(file.addedWithoutChange()));
    return this;
  }

  /** Whether there is nothing in it that a reader would see. */
  public boolean isEmpty() {
    return actions.isEmpty();
  }

  /**
   * Sets a counter or position of the table's {@link TableState}. A second writer that sets the
   * same one makes one of the two commits fail.
   *
   * @param name one of {@link TableState}'s, or the id of a source table
   * @param value where it stands after this commit
   */
  public TableCommit set(String name, long value) {
    state.put(name, value);
    return this;
  }

  /** Sets several. */
  public TableCommit setAll(Map<String, Long> values) {
    state.putAll(values);
    return this;
  }

  /** Says what the commit is, for people: it goes with log clean-up. */
  public TableCommit note(String text) {
    note = text;
    return this;
  }

  /** Marks the commit as one that replaces rows on purpose. */
  public TableCommit metadata(ReplayMetadata metadata) {
    return note(metadata.note());
  }

  /** The files that {@link #append} has written so far. */
  public List<TableFile> files() {
    return List.copyOf(files);
  }

  /** The same, to be kept up with what it writes. */
  public TableFiles filesSoFar() {
    AtomicInteger told = new AtomicInteger();
    return new TableFiles(
        definition.clusteredBy(),
        (added, removed) ->
            files.subList(told.getAndSet(files.size()), files.size()).forEach(added));
  }

  /** How many rows {@link #append} has written so far. */
  public long rows() {
    return files.stream().mapToLong(TableFile::records).sum();
  }

  /**
   * Commits.
   *
   * @return the version
   * @throws MedallionException if another writer has set the same counters or positions meanwhile
   */
  public long commit() {
    Option<Object> now = Option.apply(System.currentTimeMillis());
    state.forEach(
        (name, value) -> {
          // What Delta calls having read the transaction id: it makes a concurrent move of it a
          // conflict.
          transaction.readTxn().addOne(name);
          actions.add(new SetTransaction(name, value, now));
        });
    DeltaOperations.Operation append = DeltaInternals.append(definition.partitionColumn(), note);
    try {
      long version =
          SparkInternals.inSession(
              session,
              () -> transaction.commit(CollectionConverters.asScala(actions).toSeq(), append));
      AsyncCheckpointer.afterCommit(session, transaction.deltaLog());
      return version;
    } catch (DeltaConcurrentModificationException e) {
      throw new MedallionException(
          ErrorCode.LAKE_POSITION_CONFLICT,
          "Another writer committed to the %s table at the same time".formatted(definition.name()),
          "Two instances of the layer are running on a store that has no locks.",
          "Stop one of them; the other goes on from the position in the table.",
          e);
    }
  }
}
