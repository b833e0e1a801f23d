package io.medallion.silver.replay;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.medallion.lakehouse.delta.LakeTable;
import io.medallion.lakehouse.delta.TableCommit;
import io.medallion.lakehouse.delta.TableFile;
import io.medallion.lakehouse.schema.BronzeColumns;
import io.medallion.lakehouse.schema.TableDefinition;
import io.medallion.lakehouse.spark.InternalRowDatasets;
import io.medallion.silver.source.RowPosition;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * The files of a table that hold rows of some positions, and what takes their place.
 *
 * @param table which
 * @param files the files, of one version
 * @param positions of the rows
 */
record ErasedRows(LakeTable table, List<TableFile> files, Dataset<Row> positions) {
  private static final long FILE_BYTES = 128L << 20;

  /** The rows. */
  Dataset<Row> rows(SparkSession session) {
    return files.isEmpty()
        ? table.rowsAt(session, table.version()).limit(0)
        : RowPosition.among(table.rows(session, files), positions);
  }

  /** How many there are, by the table's day. */
  SortedMap<LocalDate, Long> days(SparkSession session) {
    SortedMap<LocalDate, Long> days = new TreeMap<>();
    if (!files.isEmpty()) {
      rows(session)
          .groupBy(col(table.definition().partitionColumn()).cast("string"))
          .count()
          .collectAsList()
          .forEach(row -> days.put(LocalDate.parse(row.getString(0)), row.getLong(1)));
    }
    return days;
  }

  /** Whether a version still has all of the files. */
  boolean areIn(List<TableFile> version) {
    List<String> paths = version.stream().map(TableFile::path).toList();
    return files.stream().allMatch(file -> paths.contains(file.path()));
  }

  /** Writes the files without the rows; nobody sees them before they are committed. */
  TableCommit without(SparkSession session) {
    return written(session, RowPosition.notAmong(table.rows(session, files), positions));
  }

  /** Writes the files with the rows emptied of what they hold. */
  TableCommit emptied(SparkSession session, String erasure) {
    Dataset<Row> all = table.rows(session, files);
    var headers = TableDefinition.BRONZE.schema().apply(BronzeColumns.HEADERS).dataType();
    Dataset<Row> emptied =
        rows(session)
            .withColumn(BronzeColumns.KEY, lit(null).cast("binary"))
            .withColumn(BronzeColumns.VALUE, lit(null).cast("binary"))
            .withColumn(
                BronzeColumns.HEADERS,
                array(
                        struct(
                            lit(BronzeColumns.ERASED_HEADER).as("key"),
                            lit(erasure.getBytes(StandardCharsets.UTF_8)).as("value")))
                    .cast(headers));
    return written(session, RowPosition.notAmong(all, positions).unionByName(emptied));
  }

  private TableCommit written(SparkSession session, Dataset<Row> rows) {
    // A contract may have added columns that this program was not told of.
    LakeTable whole = table.whole();
    String day = whole.definition().partitionColumn();
    String order = whole.definition().clusteredBy();
    long bytes = files.stream().mapToLong(TableFile::size).sum();
    int parts = Math.toIntExact(bytes / FILE_BYTES) + 1;
    Dataset<Row> sorted =
        (parts == 1 ? rows.coalesce(1) : rows.repartitionByRange(parts, col(day), col(order)))
            .sortWithinPartitions(functions.col(day), functions.col(order))
            .select(whole.definition().columns());
    return whole.begin(session).append(InternalRowDatasets.of(sorted));
  }

  /** How many rows the files have. */
  long records() {
    return files.stream().mapToLong(TableFile::records).sum();
  }
}
