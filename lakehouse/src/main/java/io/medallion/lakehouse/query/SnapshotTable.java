package io.medallion.lakehouse.query;

import io.medallion.lakehouse.delta.LogSnapshot;
import io.medallion.lakehouse.spark.FilesTable;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * The newest version of a table as a relation of its Parquet files. Delta's own is made by Spark
 * jobs over the log, which take seconds in a process that has just begun.
 */
final class SnapshotTable implements FilesTable {
  private final String name;
  private final String path;
  private final LogSnapshot snapshot;
  private final StructType schema;

  SnapshotTable(String name, String path, LogSnapshot snapshot) {
    this.name = name;
    this.path = path;
    this.snapshot = snapshot;
    this.schema = snapshot.schema().asNullable();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  @SuppressWarnings("deprecation") // Columns are made of it.
  public StructType schema() {
    return schema;
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  /** With the column of days where the table has it, not behind the others. */
  @Override
  public BaseRelation relation(SparkSession session) {
    SnapshotFileIndex files = new SnapshotFileIndex(path, snapshot, schema);
    return new HadoopFsRelation(
        files,
        files.partitionSchema(),
        schema,
        Option.empty(),
        new ParquetFileFormat(),
        scala.collection.immutable.Map$.MODULE$.empty(),
        session);
  }
}
