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
   * Silver as of a version, in parts that together hold each row once. A part is read only when it
   * is merged. The files of a version have the same order whenever this is asked.
   *
   * @param version a version that silver still holds
   * @param after how many files are left out, the first ones; 0 for the whole
   */
  List<Chunk> snapshot(long version, int after);

  /**
   * Whether these parts can be read: the version is in the log, and its files are in their place.
   *
   * @param after as above
   */
  boolean holds(long version, int after);

  /**
   * What of silver may lie within some times, in parts as above; rows of other times may be among
   * them.
   *
   * @param version as above
   * @param ranges in order, apart from each other
   */
  List<Chunk> during(long version, List<TimeRange> ranges);

  /** A part of silver, read when asked. */
  interface Chunk {
    /** How many files it is. */
    int files();

    /** The part's rows, with silver's columns. */
    Dataset<Row> rows();
  }
}
