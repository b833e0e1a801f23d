package io.medallion.lakehouse.parquet;

import io.medallion.lakehouse.schema.IdentityKind;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of a table in the making: the rows of one date, and what Delta is to know of them. */
final class DataFileWriter {
  private static final Logger LOG = LoggerFactory.getLogger(DataFileWriter.class);

  private final int date;
  private final Path table;
  private final String path;
  private final Configuration settings;
  private final ParquetFile file;
  private final StructType schema;
  private final int[] required;
  private final FileStatistics statistics;
  private final Optional<FileIdentities> identities;

  private DataFileWriter(
      int date,
      Path table,
      String path,
      Configuration settings,
      ParquetFile file,
      StructType schema,
      FileStatistics statistics,
      Optional<FileIdentities> identities) {
    this.date = date;
    this.table = table;
    this.path = path;
    this.settings = settings;
    this.file = file;
    this.schema = schema;
    this.required = required(schema.fields());
    this.statistics = statistics;
    this.identities = identities;
  }

  /**
   * Begins one, within a task. No other attempt of any task writes to the same.
   *
   * @param date days since 1970
   */
  static DataFileWriter open(PartitionedDataFileWriter.Target target, int date) throws IOException {
    Configuration settings = target.settings().value().value();
    String path =
        "%s=%s/part-%05d-%s.c000%s"
            .formatted(
                target.dateColumn(),
                LocalDate.ofEpochDay(date),
                TaskContext.getPartitionId(),
                UUID.randomUUID(),
                target.layout().extension());
    Path table = new Path(target.path());
    return new DataFileWriter(
        date,
        table,
        path,
        settings,
        ParquetFile.create(target.layout(), new Path(table, path), settings),
        target.schema(),
        FileStatistics.of(target.schema(), target.statistics()),
        target.identity() == IdentityKind.NONE
            ? Optional.empty()
            : Optional.of(new FileIdentities(target.schema(), target.identity())));
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
  void add(UnsafeRow row) throws IOException {
    for (int field : required) {
      if (row.isNullAt(field)) {
        throw new IllegalStateException("a row has no " + schema.fieldNames()[field]);
      }
    }
    file.write(row);
    statistics.add(row);
    if (identities.isPresent()) {
      identities.get().add(row);
    }
  }

  /** Ends it. */
  DataFile finish() throws IOException {
    long behindRows =
        file.finish(identities.map(FileIdentities::pages).orElseGet(() -> new byte[0]));
    Map<String, String> tags = identities.map(kept -> kept.tags(behindRows)).orElseGet(Map::of);
    FileStatus status = fileSystem().getFileStatus(new Path(table, path));
    return new DataFile(
        path,
        LocalDate.ofEpochDay(date).toString(),
        status.getLen(),
        status.getModificationTime(),
        statistics.records(),
        statistics.toJson(),
        tags);
  }

  /** Gives it up; what cannot be removed is a file that no reader sees. */
  void abandon() {
    try {
      file.close();
    } catch (IOException | RuntimeException e) {
      LOG.info("{} could not be closed", path, e);
    }
    try {
      fileSystem().delete(new Path(table, path), false);
    } catch (IOException | RuntimeException e) {
      LOG.info("{} stays behind, unread", path, e);
    }
  }

  private FileSystem fileSystem() throws IOException {
    return table.getFileSystem(settings);
  }
}
