package io.medallion.lakehouse.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Between Spark's datasets and its inner rows, without an encoder that would copy every value. */
public final class InternalRowDatasets {
  private static final Logger LOG = LoggerFactory.getLogger(InternalRowDatasets.class);
  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  private InternalRowDatasets() {}

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
   * The rows of a query over files. If it does nothing but read columns, in whatever order, they
   * are views of the columns as these were read, which saves copying every value into a row.
   */
  public static JavaRDD<InternalRow> ofFiles(Dataset<Row> rows) {
    return batchesOfFiles(rows)
        .map(batches -> batches.flatMap(ColumnarBatch::rowIterator))
        .orElseGet(() -> of(rows));
  }

  /**
   * Whether a query over files copies every value into a row although its session generates code,
   * without which Spark never reads columns: its plan is one that is not known here, as after an
   * upgrade. That is logged once.
   */
  public static boolean scanFallsBack(Dataset<Row> rows) {
    boolean fallsBack =
        Boolean.parseBoolean(rows.sparkSession().conf().get("spark.sql.codegen.wholeStage"))
            && columnarScan(rows).isEmpty();
    if (fallsBack) {
      logOnce(rows.queryExecution().executedPlan());
    }
    return fallsBack;
  }

  /**
   * The columns of a query over files as they were read, if it does nothing but read them. Each
   * batch is valid until the next.
   *
   * <p>Spark reads columns in the order of the files' schema, those of the partition last. Where a
   * query wants another one, as over a table that has grown, the batches are put into that.
   */
  public static Optional<JavaRDD<ColumnarBatch>> batchesOfFiles(Dataset<Row> rows) {
    Optional<SparkPlan> scan = columnarScan(rows);
    if (scan.isEmpty()) {
      return Optional.empty();
    }
    SparkPlan reading = scan.get();
    int[] order =
        order(
            attributes(rows.queryExecution().executedPlan().output()),
            attributes(reading.output()));
    JavaRDD<ColumnarBatch> batches = reading.executeColumnar().toJavaRDD();
    return Optional.of(
        isInOrder(order, reading.output().size())
            ? batches
            : batches.map(batch -> inOrder(batch, order)));
  }

  /** What reads the files, if all that is above it puts columns in order and makes rows of them. */
  private static Optional<SparkPlan> columnarScan(Dataset<Row> rows) {
    SparkPlan plan = rows.queryExecution().executedPlan();
    if (plan instanceof WholeStageCodegenExec whole) {
      plan = whole.child();
    }
    if (plan instanceof ProjectExec ordering) {
      if (!CollectionConverters.asJava(ordering.projectList()).stream()
          .allMatch(Attribute.class::isInstance)) {
        return Optional.empty();
      }
      plan = ordering.child();
    }
    if (!(plan instanceof ColumnarToRowExec copying)) {
      return Optional.empty();
    }
    SparkPlan reading = copying.child();
    return Optional.of(reading instanceof InputAdapter adapter ? adapter.child() : reading);
  }

  private static void logOnce(SparkPlan plan) {
    List<String> nodes = new ArrayList<>();
    for (SparkPlan node = plan; node != null; node = onlyChild(node)) {
      nodes.add(node.nodeName());
    }
    String shape = String.join(" < ", nodes);
    if (LOGGED.add(shape)) {
      LOG.warn(
          "Files are read row by row, which takes longer: Spark plans the scan as {}. It goes on so"
              + " until that changes; medallion_scan_fallbacks_total counts.",
          shape);
    }
  }

  private static SparkPlan onlyChild(SparkPlan node) {
    return node.children().size() == 1 ? node.children().head() : null;
  }

  private static List<Attribute> attributes(Seq<Attribute> output) {
    return CollectionConverters.asJava(output);
  }

  private static int[] order(List<Attribute> wanted, List<Attribute> read) {
    List<ExprId> places = read.stream().map(Attribute::exprId).toList();
    return wanted.stream().mapToInt(column -> places.indexOf(column.exprId())).toArray();
  }

  private static boolean isInOrder(int[] order, int read) {
    return Arrays.equals(order, IntStream.range(0, read).toArray());
  }

  /** The same columns in another order; nothing of them is copied. */
  private static ColumnarBatch inOrder(ColumnarBatch batch, int[] order) {
    return new ColumnarBatch(
        Arrays.stream(order).mapToObj(batch::column).toArray(ColumnVector[]::new), batch.numRows());
  }
}
