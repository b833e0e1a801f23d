package io.medallion.lakehouse.spark;

import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.sources.BaseRelation;

/**
 * A table of a catalog that is a relation of files: {@link ReadOnlyExtension} has it planned as
 * Spark plans those.
 */
public interface FilesTable extends Table {
  /** Its files, for queries of a session. */
  BaseRelation relation(SparkSession session);
}
