package io.medallion.gold.source;

import io.medallion.gold.mart.TimeRange;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What gold needs of silver's table, whoever keeps it: rows by whole versions, in chunks of bounded
 * size.
 */
public interface SilverHistory {
  /** The table's own id; another one means that the table was created again. */
  String tableId();

  /**
   * The whole of silver as of a version, in parts that together hold each row once. A part is read
   * only when it is merged.
   *
   * @param version a version that silver still holds
   */
  List<Chunk> snapshot(long version);

  /**
   * What of it may lie within some times, in parts as above; rows of other times may be among them.
   *
   * @param version as above
   * @param ranges in order, apart from each other
   */
  List<Chunk> during(long version, List<TimeRange> ranges);

  /** A part of silver, read when asked. */
  @FunctionalInterface
  interface Chunk {
    /** The part's rows, with silver's columns. */
    Dataset<Row> rows();
  }
}
