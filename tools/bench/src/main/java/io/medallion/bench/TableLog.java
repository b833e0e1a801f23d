package io.medallion.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_extract;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Which version of a Delta table brought which file, and when it was published, read from its log
 * as it lies on disk: the same way for our tables and for those of the reference.
 *
 * @param versions by name of the file
 * @param published milliseconds since 1970 by version
 */
record TableLog(Map<String, Long> versions, Map<Long, Long> published) {

  static TableLog of(SparkSession session, Path table) {
    Dataset<Row> actions =
        session
            .read()
            .json(table.resolve("_delta_log").resolve("*.json").toString())
            .where("add is not null")
            .select(
                regexp_extract(col("add.path"), "[^/]+$", 0),
                regexp_extract(col("_metadata.file_name"), "\\d+", 0).cast("long"),
                col("_metadata.file_modification_time").cast("double"));
    Map<String, Long> versions = new HashMap<>();
    Map<Long, Long> published = new HashMap<>();
    for (Row row : actions.collectAsList()) {
      versions.put(row.getString(0), row.getLong(1));
      published.put(row.getLong(1), (long) (row.getDouble(2) * 1000));
    }
    return new TableLog(versions, published);
  }

  /** The version that brought a file, and with it its rows. */
  long version(String file) {
    Long version = versions.get(file);
    if (version == null) {
      throw new IllegalStateException("no version of the log adds " + file);
    }
    return version;
  }
}
