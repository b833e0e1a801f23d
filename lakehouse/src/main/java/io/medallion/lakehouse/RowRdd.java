package io.medallion.lakehouse;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Ascending$;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NullsFirst$;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.physical.UnknownPartitioning;
import org.apache.spark.sql.catalyst.types.DataTypeUtils;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

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
   * The same of partitions that are in order already, which Spark does then not sort again.
   *
   * @param column that the rows of each partition ascend by, nulls first
   */
  public static Dataset<Row> ordered(
      SparkSession session, JavaRDD<InternalRow> rows, StructType schema, String column) {
    var classic = (org.apache.spark.sql.classic.SparkSession) session;
    List<Attribute> attributes =
        CollectionConverters.asJava(DataTypeUtils.toAttributes(schema)).stream()
            .map(a -> (Attribute) a)
            .toList();
    SortOrder order =
        new SortOrder(
            attributes.get(schema.fieldIndex(column)),
            Ascending$.MODULE$,
            NullsFirst$.MODULE$,
            seq(List.of()));
    LogicalRDD plan =
        new LogicalRDD(
            seq(attributes),
            rows.rdd(),
            new UnknownPartitioning(0),
            seq(List.of(order)),
            false,
            Option.empty(),
            classic,
            Option.empty(),
            Option.empty());
    return org.apache.spark.sql.classic.Dataset.ofRows(classic, plan);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }
}
