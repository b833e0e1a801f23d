package io.medallion.lakehouse;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;

/** Between Spark's datasets and its inner rows, without an encoder that would copy every value. */
public final class RowRdd {
  private RowRdd() {}

  /** Rows of Spark's own kind as a dataset. */
  public static Dataset<Row> dataset(
      SparkSession session, JavaRDD<InternalRow> rows, StructType schema) {
    return ((org.apache.spark.sql.classic.SparkSession) session)
        .internalCreateDataFrame(rows.rdd(), schema, false);
  }

  /**
   * The rows of a streaming batch, as its query makes them: each is valid until the next. Reading
   * the batch as the dataset that it is would plan one more query and copy every row.
   */
  public static JavaRDD<InternalRow> of(Dataset<Row> batch) {
    QueryExecution query = batch.queryExecution();
    return (query.analyzed() instanceof LogicalRDD rows ? rows.rdd() : query.toRdd()).toJavaRDD();
  }
}
