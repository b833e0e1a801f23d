package io.medallion.lakehouse.parquet;

import java.io.Serializable;
import java.util.Map;

/**
 * A finished data file of a table, of one partition.
 *
 * @param path below the table
 * @param date the partition, an ISO date
 * @param size bytes
 * @param writtenMillis when it was written, milliseconds since 1970
 * @param records how many rows it has
 * @param statistics in the JSON form that Delta keeps of a file
 * @param tags what else its entry in the log says, by name
 */
public record DataFile(
    String path,
    String date,
    long size,
    long writtenMillis,
    long records,
    String statistics,
    Map<String, String> tags)
    implements Serializable {}
