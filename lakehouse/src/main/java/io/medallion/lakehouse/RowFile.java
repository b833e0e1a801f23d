package io.medallion.lakehouse;

import java.io.IOException;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of a table in the making: the rows of one date, and what Delta is to know of them. */
final class RowFile {
  private static final Logger LOG = LoggerFactory.getLogger(RowFile.class);

  /**
   * A file that is whole.
   *
   * @param path below the table
   * @param date of its folder
   * @param size bytes
   * @param writtenMillis when, since 1970
   * @param statistics as Delta writes them
   */
  record Written(String path, String date, long size, long writtenMillis, String statistics)
      implements Serializable {}

  private final int date;
  private final Path table;
  private final String path;
  private final TaskAttemptContext context;
  private final OutputWriter writer;
  private final UnsafeRow columns;
  private final StructType schema;
  private final int[] required;
  private final FileStatistics statistics;

  private RowFile(
      int date,
      Path table,
      String path,
      TaskAttemptContext context,
      OutputWriter writer,
      UnsafeRow columns,
      StructType schema,
      FileStatistics statistics) {
    this.date = date;
    this.table = table;
    this.path = path;
    this.context = context;
    this.writer = writer;
    this.columns = columns;
    this.schema = schema;
    this.required = required(schema.fields());
    this.statistics = statistics;
  }

  /**
   * Begins one, within a task. No other attempt of any task writes to the same.
   *
   * @param date days since 1970
   */
  static RowFile open(RowFiles.Target target, int date) {
    TaskAttemptContext context =
        new TaskAttemptContextImpl(target.settings().value().value(), new TaskAttemptID());
    String path =
        "%s=%s/part-%05d-%s.c000%s"
            .formatted(
                target.dateColumn(),
                LocalDate.ofEpochDay(date),
                TaskContext.getPartitionId(),
                UUID.randomUUID(),
                target.writers().getFileExtension(context));
    Path table = new Path(target.path());
    return new RowFile(
        date,
        table,
        path,
        context,
        target.writers().newInstance(new Path(table, path).toString(), target.data(), context),
        new UnsafeRow(target.data().length()),
        target.schema(),
        FileStatistics.of(target.schema(), target.statistics()));
  }

  private static int[] required(StructField[] fields) {
    List<StructField> all = Arrays.asList(fields);
    return all.stream().filter(field -> !field.nullable()).mapToInt(all::indexOf).toArray();
  }

  /** The date of its rows, days since 1970. */
  int date() {
    return date;
  }

  /** Takes in a row; nothing of it is kept. */
  void add(UnsafeRow row) {
    for (int field : required) {
      if (row.isNullAt(field)) {
        throw new IllegalStateException("a row has no " + schema.fieldNames()[field]);
      }
    }
    // A row with fewer fields over the same bytes, which begin with as many bits for nulls.
    columns.pointTo(row.getBaseObject(), row.getBaseOffset(), row.getSizeInBytes());
    writer.write(columns);
    statistics.add(row);
  }

  /** Ends it. */
  Written finish() throws IOException {
    writer.close();
    FileStatus status = fileSystem().getFileStatus(new Path(table, path));
    return new Written(
        path,
        LocalDate.ofEpochDay(date).toString(),
        status.getLen(),
        status.getModificationTime(),
        statistics.toJson());
  }

  /** Gives it up; what cannot be removed is a file that no reader sees. */
  void abandon() {
    try {
      writer.close();
      fileSystem().delete(new Path(table, path), false);
    } catch (IOException | RuntimeException e) {
      LOG.info("{} stays behind, unread", path, e);
    }
  }

  private FileSystem fileSystem() throws IOException {
    return table.getFileSystem(context.getConfiguration());
  }
}
