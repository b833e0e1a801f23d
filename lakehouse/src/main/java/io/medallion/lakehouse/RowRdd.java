package io.medallion.lakehouse;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
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
}
