package io.medallion.lakehouse.parquet;

import io.medallion.lakehouse.schema.IdentityKind;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.SparkInternals;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetOutputFormat;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Writes rows of Spark's compact form into files of a table, by Parquet's own column writers.
 *
 * <p>Delta writes the rows of a query: it sorts them by date, copies each of them twice, and is
 * planned again for every small batch, with Hadoop's settings sent along each time. Here the rows
 * go to Parquet as they are.
 *
 * <p>Made for any number of commits. The partition column is the table's last; rows may have more
 * fields behind it, which are not written.
 */
public final class PartitionedDataFileWriter {
  private final Target target;

  private PartitionedDataFileWriter(Target target) {
    this.target = target;
  }

  /**
   * Where rows go, as tasks have to know it.
   *
   * @param path of the table
   * @param schema of the table, by which rows are read
   * @param layout of the files, which have all columns but the last
   * @param statistics the columns that Delta keeps minimum and maximum of
   * @param identity what identifies a row
   */
  record Target(
      String path,
      StructType schema,
      ParquetFile.Layout layout,
      List<String> statistics,
      IdentityKind identity,
      Broadcast<SerializableConfiguration> settings)
      implements Serializable {

    int dateField() {
      return layout.schema().length();
    }

    String dateColumn() {
      return schema.fieldNames()[dateField()];
    }
  }

  /**
   * Prepares for a table.
   *
   * @param session whose settings of Parquet hold
   * @param path of the table
   */
  public static PartitionedDataFileWriter of(
      SparkSession session, TableDefinition definition, String path) {
    StructType schema = definition.schema();
    int last = schema.length() - 1;
    if (schema.fieldIndex(definition.partitionColumn()) != last) {
      throw new IllegalArgumentException(definition.partitionColumn() + " is not the last column");
    }
    Configuration settings = SparkInternals.hadoopConfiguration(session);
    settings.setIfUnset(
        ParquetOutputFormat.BLOCK_ROW_COUNT_LIMIT, Integer.toString(definition.mostRowsOfGroup()));
    StructType data = new StructType(Arrays.copyOf(schema.fields(), last)).asNullable();
    return new PartitionedDataFileWriter(
        new Target(
            path,
            schema,
            ParquetFile.Layout.of(session, data),
            definition.statistics(),
            definition.identity(),
            SerializableConfiguration.broadcast(session.sparkContext(), settings)));
  }

  /**
   * Runs a job.
   *
   * @param rows in each partition in the order of their date: each makes a file of each date; where
   *     dates alternate, a file each time
   */
  public List<DataFile> write(JavaRDD<InternalRow> rows) {
    Target to = target;
    return rows.mapPartitions(part -> write(part, to)).collect();
  }

  private static Iterator<DataFile> write(Iterator<InternalRow> rows, Target to)
      throws IOException {
    List<DataFile> written = new ArrayList<>();
    DataFileWriter file = null;
    try {
      while (rows.hasNext()) {
        UnsafeRow row = compact(rows.next(), to.dateField());
        int date = row.getInt(to.dateField());
        if (file != null && file.date() != date) {
          written.add(file.finish());
          file = null;
        }
        if (file == null) {
          file = DataFileWriter.open(to, date);
        }
        file.add(row);
      }
      if (file != null) {
        written.add(file.finish());
      }
      return written.iterator();
    } catch (IOException | RuntimeException e) {
      if (file != null) {
        file.abandon();
      }
      throw e;
    }
  }

  /** Which column is of a type that it cannot write; empty if none is. */
  public static Optional<String> obstacle(StructType schema) {
    return Arrays.stream(schema.fields())
        .filter(field -> !ParquetColumns.canWrite(field.dataType()))
        .map(field -> "column %s is %s".formatted(field.name(), field.dataType().sql()))
        .findFirst();
  }

  /** Rows without what they have more than the table. */
  public static JavaRDD<InternalRow> cut(JavaRDD<InternalRow> rows, TableDefinition definition) {
    StructField[] fields = definition.schema().fields();
    DataType[] types = Arrays.stream(fields).map(StructField::dataType).toArray(DataType[]::new);
    return rows.mapPartitions(
        part -> {
          UnsafeProjection columns = UnsafeProjection.create(types);
          return new Iterator<InternalRow>() {
            @Override
            public boolean hasNext() {
              return part.hasNext();
            }

            @Override
            public InternalRow next() {
              return columns.apply(part.next());
            }
          };
        });
  }

  /** What Delta writes of a commit's files into the history of the table. */
  public static scala.collection.immutable.Map<String, SQLMetric> metrics(
      SparkSession session, List<DataFile> files) {
    Map<String, Long> values =
        Map.of(
            "numFiles", (long) files.size(),
            "numOutputBytes", files.stream().mapToLong(DataFile::size).sum(),
            "numOutputRows", files.stream().mapToLong(DataFile::records).sum());
    Map<String, SQLMetric> metrics = new HashMap<>();
    values.forEach(
        (name, value) -> {
          SQLMetric metric = SQLMetrics.createMetric(session.sparkContext(), name);
          metric.add(value);
          metrics.put(name, metric);
        });
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(metrics));
  }

  private static UnsafeRow compact(InternalRow row, int fields) {
    if (row instanceof UnsafeRow compact && row.numFields() >= fields) {
      return compact;
    }
    throw new IllegalArgumentException("%s cannot be read as one of the table".formatted(row));
  }
}
