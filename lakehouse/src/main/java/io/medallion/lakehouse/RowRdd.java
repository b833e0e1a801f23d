package io.medallion.lakehouse;

import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

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
   * The rows as their query makes them: each is valid until the next. A stream's batch is a query
   * over the rows of another one; only that one runs, so that no row is copied once more.
   */
  public static JavaRDD<InternalRow> of(Dataset<Row> rows) {
    QueryExecution query = rows.queryExecution();
    return (query.analyzed() instanceof LogicalRDD batch ? batch.rdd() : query.toRdd()).toJavaRDD();
  }

  /**
   * The rows of a query over files. Where it does nothing but read columns in the table's order,
   * they are views of the columns as these were read, which saves copying every value into a row.
   */
  public static JavaRDD<InternalRow> ofFiles(Dataset<Row> rows) {
    return batchesOfFiles(rows)
        .map(batches -> batches.flatMap(ColumnarBatch::rowIterator))
        .orElseGet(() -> of(rows));
  }

  /**
   * The columns of a query over files as they were read, if it does nothing but read them in the
   * table's order. Each batch is valid until the next.
   */
  public static Optional<JavaRDD<ColumnarBatch>> batchesOfFiles(Dataset<Row> rows) {
    SparkPlan plan = rows.queryExecution().executedPlan();
    if (plan instanceof WholeStageCodegenExec whole) {
      plan = whole.child();
    }
    if (!(plan instanceof ColumnarToRowExec copying)) {
      return Optional.empty();
    }
    SparkPlan reading = copying.child();
    if (reading instanceof InputAdapter adapter) {
      reading = adapter.child();
    }
    return Optional.of(reading.executeColumnar().toJavaRDD());
  }
}
