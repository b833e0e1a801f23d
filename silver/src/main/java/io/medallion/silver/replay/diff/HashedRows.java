package io.medallion.silver.replay.diff;

import io.medallion.lakehouse.spark.InternalRowDatasets;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;

/**
 * Something made of each row of a table and of the hashes of groups of its columns.
 *
 * @param columns those of a row
 * @param groups names of columns
 */
public record HashedRows(StructType columns, List<List<String>> groups) implements Serializable {
  /** What is made of a row. */
  @FunctionalInterface
  public interface Make<T> extends Serializable {
    /**
     * Makes it.
     *
     * @param row valid until the next
     * @param content holds the row's hashes
     * @param place the row's place in it
     */
    T of(InternalRow row, RowContent content, int place);
  }

  /** Of rows that a query over files reads, column by column where it does nothing but that. */
  public <T> JavaRDD<T> of(Dataset<Row> rows, Make<T> make) {
    Optional<JavaRDD<ColumnarBatch>> batches = InternalRowDatasets.batchesOfFiles(rows);
    return batches.isPresent()
        ? batches.get().mapPartitions(all -> ofBatches(all, make))
        : of(InternalRowDatasets.of(rows), make);
  }

  /** Of rows, each valid until the next. */
  public <T> JavaRDD<T> of(JavaRDD<InternalRow> rows, Make<T> make) {
    return rows.mapPartitions(all -> ofRows(all, make));
  }

  private <T> Iterator<T> ofRows(Iterator<InternalRow> rows, Make<T> make) {
    RowContent content = new RowContent(columns, groups);
    return new Iterator<T>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public T next() {
        InternalRow row = rows.next();
        content.take(row);
        return make.of(row, content, 0);
      }
    };
  }

  private <T> Iterator<T> ofBatches(Iterator<ColumnarBatch> batches, Make<T> make) {
    RowContent content = new RowContent(columns, groups);
    Iterable<ColumnarBatch> all = () -> batches;
    return StreamSupport.stream(all.spliterator(), false)
        .flatMap(
            batch -> {
              content.take(batch);
              return IntStream.range(0, batch.numRows())
                  .mapToObj(place -> make.of(batch.getRow(place), content, place));
            })
        .iterator();
  }
}
